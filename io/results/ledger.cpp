#include "io/results/ledger.hpp"

namespace hypofp {
namespace {

/// The columns side by side, row by row.
std::vector<double> side_by_side(const std::vector<std::vector<double>>& columns) {
  std::vector<double> rows;
  for (std::size_t i = 0; i < columns.front().size(); ++i)
    for (const auto& column : columns) rows.push_back(column[i]);
  return rows;
}

void write(H5Writer& file, const std::string& at, const Ledger& ledger) {
  const hsize_t n = ledger.time.size();
  const auto in_time = [&](const std::string& name, const std::vector<hsize_t>& shape, const std::vector<double>& values) {
    file.dataset(name, shape, values.data());
    file.attach_scale("time", name, 0);
  };
  for (const auto& [group, columns] : {std::pair{"quantities", &ledger.quantities}, {"identity_defects", &ledger.identity_defects}}) {
    file.group(at + group);
    for (const Ledger::Quantity& q : *columns) {
      const std::string name = at + group + "/" + q.name;
      in_time(name, {n}, q.values);
      file.attribute(name, "long_name", q.long_name);
      if (!q.units.empty()) file.attribute(name, "units", q.units);
    }
  }
  for (const char* group : {"inequalities", "slack"}) file.group(at + group);
  for (const Ledger::Inequality& q : ledger.inequalities) {
    const std::string name = at + "inequalities/" + q.name, slack = at + "slack/" + q.name;
    in_time(name, {n, 3}, side_by_side({q.lhs, q.rhs_as_printed, q.rhs}));
    file.attribute(name, "long_name", q.claim);
    file.attribute(name, "columns", std::vector<std::string>{"lhs", "rhs as printed", "rhs derived"});
    std::vector<double> printed(n), derived(n);
    for (std::size_t i = 0; i < n; ++i) printed[i] = q.rhs_as_printed[i] - q.lhs[i], derived[i] = q.rhs[i] - q.lhs[i];
    in_time(slack, {n, 2}, side_by_side({printed, derived}));
    file.attribute(slack, "columns", std::vector<std::string>{"as printed", "derived"});
  }
}

}  // namespace

void write_ledger(const std::string& path, const Ledger& ledger, const std::optional<Ledger>& beside, double half_width,
                  const Origin& origin) {
  H5Writer file(path, origin);
  file.dataset("time", {ledger.time.size()}, ledger.time.data());
  file.attribute("time", "long_name", std::string("time"));
  file.attribute("time", "units", std::string("t"));
  file.make_scale("time");
  file.attribute("/", "by", ledger.by);
  file.attribute("/", "half_width_of_eps_0", half_width);
  write(file, "", ledger);
  if (beside) {
    file.group("witness");
    write(file, "witness/", *beside);
  }
  file.commit();
}

}  // namespace hypofp
