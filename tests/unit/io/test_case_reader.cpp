// The machinery below a case: names in quotes, overrides, the list of keys.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "grids/errors.hpp"
#include "io/case/reader.hpp"

namespace hypofp {
namespace {

TEST(CaseReader, GivesEachEntryOfATableWhoseKeysHaveDotsWithItsPlace) {
  toml::table root = parse_toml("[sweep]\n\"asgd.learning_rate\" = [1, 2]\nplain = 3\n\"say \\\"a.b[0]\\\"\" = 4\n\"\" = 5\n", "F");
  CaseReader in("F", root, {});
  std::map<std::string, std::string> places;
  for (const auto& [name, key] : in.entries("sweep")) places[name] = in.where(key);
  EXPECT_EQ(places, (std::map<std::string, std::string>{{"asgd.learning_rate", "F:2:24"}, {"plain", "F:3:9"}, {"say \"a.b[0]\"", "F:4:20"}, {"", "F:5:6"}}));
  EXPECT_EQ(in.numbers("sweep.\"asgd.learning_rate\"", 2), (std::vector<double>{1, 2}));
  Where where;
  in.finish(where);  // all are known
  EXPECT_EQ(where.at("sweep.\"asgd.learning_rate\""), "F:2:24");
}
TEST(CaseReader, TakesAQuotedNameForNoNestedKeyAndANestedKeyForNoQuotedName) {
  toml::table root = parse_toml("\"grid.cells\" = 1\n[time]\nend = 2\n", "F");
  CaseReader in("F", root, {});
  EXPECT_FALSE(in.has("grid.cells"));
  EXPECT_TRUE(in.has("\"grid.cells\""));
  EXPECT_TRUE(in.has("time.end"));
  EXPECT_FALSE(in.has("\"time.end\""));
  in.table("time"), in.known("time.end"), in.table("grid"), in.known("grid.cells");
  Where where;
  EXPECT_THROW(in.finish(where), UserError);
}
TEST(CaseReader, AFindingInAQuotedNameHasItsPlace) {
  toml::table root = parse_toml("[sweep]\n\"a.b\" = \"fast\"\n", "F");
  CaseReader in("F", root, {});
  in.table("sweep");
  in.number("sweep.\"a.b\"", 1, {0, 1});
  Where where;
  try {
    in.finish(where);
    FAIL();
  } catch (const UserError& e) {
    EXPECT_STREQ(e.what(), "F:2:9: sweep.\"a.b\" = \"fast\": is a string; allowed: a number from 0 and at most 1");
  }
}
TEST(Override, SplitsOutsideQuotesOnly) {
  toml::table root = parse_toml("[sweep]\nplain = 1\n", "F");
  EXPECT_EQ(override_key(root, "sweep.\"asgd.learning_rate\"=[0.1, 0.2]"), "sweep.\"asgd.learning_rate\"");
  EXPECT_EQ(override_key(root, "sweep.'a=b'=\"c=d\""), "sweep.\"a=b\"");
  EXPECT_EQ(override_key(root, "sweep.plain=2"), "sweep.plain");
  EXPECT_EQ(override_key(root, "title=\"\""), "title");
  EXPECT_EQ(toml_text(*find(root, "sweep.\"asgd.learning_rate\"")), "[0.1, 0.2]");
  EXPECT_EQ(toml_text(*find(root, "sweep.\"a=b\"")), "\"c=d\"");
  EXPECT_EQ(toml_text(*find(root, "sweep.plain")), "2");
  EXPECT_EQ(toml_text(*find(root, "title")), "\"\"");
  EXPECT_EQ(root.size(), 2u);
  EXPECT_EQ(root["sweep"].as_table()->size(), 3u);
}
TEST(Override, OfNoKeyOrNoValueIsRefused) {
  for (const char* text : {"", "=", "=3", "a", "a=", "\"a=3", "'a'", "#=3", "a#b=3", "a..b=3", "[a]\nb=3", "a=1\nb=2", "a.\"b\"c=3", "a.b.c=3", "\"\"\"a\"\"\"=3", "a=b=c"}) {
    toml::table root = parse_toml("a = {b = 1}\n", "F");
    EXPECT_THROW(override_key(root, text), UserError) << text;
  }
}
TEST(Path, LeadsToElementsAndIsErasedWhereItLeads) {
  toml::table root = parse_toml("a = [{b = 1, c = 2}, {b = 3}]\nd.\"e.f\" = 4\nd.e.f = 5\n", "F");
  EXPECT_EQ(toml_text(*find(root, "a[1].b")), "3");
  EXPECT_EQ(toml_text(*find(root, "d.\"e.f\"")), "4");
  EXPECT_EQ(toml_text(*find(root, "d.e.f")), "5");
  for (const char* none : {"a[2]", "a[1].c", "a[].b", "a[1", "a[x]", "a[99999999999999999999]", "b", "d[0]", "d.\"e", "."}) EXPECT_EQ(find(root, none), nullptr) << none;
  for (const char* path : {"a[0].b", "a[1].b", "nothing", "a[7].b", "a[", "d.e.f.g", "."}) erase(root, path);
  EXPECT_EQ(find(root, "a[0].b"), nullptr);
  EXPECT_NE(find(root, "a[0].c"), nullptr);
  EXPECT_NE(find(root, "a[1]"), nullptr);
  EXPECT_EQ(root.size(), 2u);
  EXPECT_NE(find(root, "d.e.f"), nullptr);
}
TEST(Cases, TheReadmeListsEveryKeyAsItIsDeclared) {
  std::ifstream in(CASES "/README.md");
  std::ostringstream readme;
  readme << in.rdbuf();
  EXPECT_NE(readme.str().find("\n" + key_table()), std::string::npos) << "cases/README.md should hold this table:\n" << key_table();
}

}  // namespace
}  // namespace hypofp
