#include "solver/ledgers.hpp"

namespace hypofp {
namespace {

using Json = nlohmann::ordered_json;

Json ledger_json(const Ledger& ledger, const JudgedLedger& judged, double half_width) {
  const auto number = [](const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); };
  const auto entry = [&](const Entry& e) {
    const Verdict& v = e.verdict;
    Json out = {{"holds", v.holds ? Json(*v.holds) : Json(nullptr)},
                {"slack", e.slack},
                {"time", e.time},
                {"value", number(v.value)},
                {"bound", number(v.bound)},
                {"uncertainty", number(v.uncertainty)}};
    if (!v.why.empty()) out["why"] = v.why;
    return out;
  };
  Json inequalities = Json::array(), identities = Json::array();
  for (const JudgedInequality& q : judged.inequalities)
    inequalities.push_back({{"name", q.name}, {"claim", q.claim}, {"as_printed", entry(q.as_printed)}, {"derived", entry(q.derived)}});
  for (const JudgedIdentity& q : judged.identities)
    identities.push_back({{"name", q.name}, {"largest_defect", q.defect}, {"time", q.time}});
  return {{"by", ledger.by}, {"half_width_of_eps_0", half_width}, {"inequalities", inequalities}, {"identity_defects", identities}};
}

}  // namespace

Ledgers ledgers_of(const Findings& f, const Companion& companion, By by, double half_width) {
  const auto of = [&](const std::vector<Observation>& rows, const char* whose) { return ledger_of(rows, f.theory, f.model, whose); };
  Ledgers all{of(f.rows, by == By::grid ? "grid" : "witness"), of(companion.rows, "witness"), nullptr};
  if (all.own) {
    const std::vector<Observation> none;
    all.json = ledger_json(*all.own, judge_ledger(f, f.rows, all.beside ? companion.rows : none, f.start, f.end), half_width);
  } else if (all.beside) {
    all.json = ledger_json(*all.beside, judge_ledger(f, companion.rows, {}, companion.doubt, companion.doubt), half_width);
    std::swap(all.own, all.beside);
  }
  return all;
}

}  // namespace hypofp
