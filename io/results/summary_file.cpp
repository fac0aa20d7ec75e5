#include "io/results/summary_file.hpp"

#include <fmt/format.h>

#include <boost/crc.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/files.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

/// Of what is said, whatever the blanks between.
std::string crc32(const Json& summary) {
  const std::string text = summary.dump();
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return fmt::format("{:08x}", crc.checksum());
}

}  // namespace

void write_summary(const std::string& directory, const Json& summary) {
  Json marked = summary;
  marked["crc32"] = crc32(summary);
  replace_file(directory + "/summary.json", marked.dump(2) + "\n");
}

nlohmann::json read_summary(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw UserError(fmt::format("{}: is not there or can't be read: the folder holds no finished run", path));
  try {
    Json summary = Json::parse(in);
    const bool marked = summary.is_object() && summary.contains("crc32");
    const Json crc = marked ? summary.at("crc32") : Json();
    if (marked) summary.erase("crc32");
    if (marked && crc != crc32(summary)) throw UserError(fmt::format("{}: is damaged or was edited (its crc32 is another's)", path));
    return nlohmann::json(summary);
  } catch (const nlohmann::json::exception& e) {
    throw UserError(fmt::format("{}: is no summary ({})", path, e.what()));
  }
}

}  // namespace hypofp
