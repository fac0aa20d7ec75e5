#include <algorithm>
#include <cmath>
#include <filesystem>

#include "grids/errors.hpp"
#include "io/case/keys.hpp"
#include "io/table_file.hpp"

namespace hypofp {
namespace {

void read_file(CaseReader& in, Case& c) {
  const std::string path = in.text("table.file", "");
  if (!in.has("table.file")) in.finding("table.file", "missing; allowed: a file of comma-separated values");
  std::error_code failed;
  c.table->path = std::filesystem::absolute(std::filesystem::path(c.file).parent_path() / path, failed).lexically_normal().string();
}

void read_response(CaseReader& in, Case& c) {
  const toml::node* node = in.find("table.response");
  if (!node) in.finding("table.response", "missing; allowed: a column of 0 and 1, or two of counts, [\"yes\", \"no\"]");
  c.table->response = in.texts("table.response", node && node->is_array() && node->as_array()->size() == 2 ? 2 : 1);
}

void read_predictors(CaseReader& in, Case& c) {
  c.table->predictors = in.texts("table.predictors", c.model.dimension);
  if (!in.has("table.predictors"))
    in.finding("table.predictors", fmt::format("missing; allowed: {} of \"1\", \"column\", \"column=value\"", c.model.dimension));
}

void fit(CaseReader& in, Case& c) {
  Table& t = *c.table;
  if (t.path.empty() || t.response.empty() || t.predictors.empty() || !(c.model.omega0 > 0)) return;  // which is told
  try {
    t.fit = fit_logistic(TableFile(t.path).records(t.response, t.predictors), t.ridge, c.model.omega0);
  } catch (const UserError& e) {
    in.finding("table.file", e.what());
    return;
  }
  if (!t.fit)
    in.finding("table.predictors",
               "the loss has no minimum, or a flat one: predictors separate the responses, or depend on each other; allowed: others, or a "
               "table.ridge above 0");
}

}  // namespace

std::vector<Key> table_keys() {
  std::vector<Key> keys{
      {"table.file", none, "a file of comma-separated values, names in its first line; `#` begins a comment",
       "logistic regression on it in place of `[perturbation]`; a path from the case's folder", read_file,
       [](const Case& c) {
         return Written{{"table.file", toml_text(c.table->path)}};
       }},
      {"table.response", none, "a column of 0 and 1, or two of counts, of yes and of no", "", read_response,
       [](const Case& c) {
         return Written{{"table.response", toml_text(c.table->response)}};
       }},
      {"table.predictors", none, "d of \"1\" (the intercept), \"column\", \"column=value\", \"column=value\\|value\"", "x of a row",
       read_predictors,
       [](const Case& c) {
         return Written{{"table.predictors", toml_text(c.table->predictors)}};
       }},
      number_of("table.ridge", &Case::table, &Table::ridge, {0, 1e6}, "the loss has ridge/2 times the square of the parameters beside"),
      integer_of("table.batch", &Case::table, &Table::batch, 1, 1000000, "rows a gradient is the mean of: its noise falls with the root"),
      with(number_of("table.taper", &Case::table, &Table::taper, {1, 12},
                     "R in standard deviations of theta: the PDE's V is times e^{-(\\|theta\\|/R)^4}; paths have the loss itself"),
           fit)};
  for (Key& key : keys) key = of_table("table", &Case::table, std::move(key));
  return keys;
}

}  // namespace hypofp
