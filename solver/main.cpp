#include <fmt/format.h>
#include <slepc.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "grids/petsc.hpp"
#include "io/terminal.hpp"
#include "solver/commands/commands.hpp"
#include "solver/versions.hpp"

namespace {

using hypofp::ComputationError;
using hypofp::OutputError;
using hypofp::UserError;

constexpr int ok = 0, wrong_input = 2, failed = 3, not_written = 4;

int rank() {
  int r = 0;
  MPI_Comm_rank(PETSC_COMM_WORLD, &r);
  return r;
}

/// Says why once. Where the ranks did not agree to leave, ends them all: an error found on a single one would leave the others waiting.
int leave(const std::string& what, int code, bool agreed = false) {
  int size = 1;
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  if (agreed || size == 1) {
    if (rank() == 0) hypofp::say("hypofp: " + what);
    return code;
  }
  if (rank() != 0) std::this_thread::sleep_for(std::chrono::milliseconds(500));
  hypofp::say("hypofp: " + what);
  MPI_Abort(PETSC_COMM_WORLD, code);
  return code;
}

int guarded(const std::function<void()>& command) {
  try {
    command();
    return ok;
  } catch (const UserError& e) {
    return leave(e.what(), wrong_input, e.agreed);
  } catch (const ComputationError& e) {
    return leave(e.what(), failed, e.agreed);
  } catch (const OutputError& e) {
    return leave(e.what(), not_written, e.agreed);
  } catch (const std::bad_alloc&) {
    return leave("out of memory", failed);
  } catch (const std::exception& e) {
    return leave(e.what(), failed);
  }
}

/// Names what was given after -- and not used by anything.
void name_unused_options() {
  PetscInt n = 0;
  char **names = nullptr, **values = nullptr;
  if (PetscOptionsLeftGet(nullptr, &n, &names, &values)) return;
  for (PetscInt i = 0; i < n && rank() == 0; ++i) hypofp::say(fmt::format("warning: option -{} was not used", names[i]));
  PetscOptionsLeftRestore(nullptr, &n, &names, &values);
}

/// A process that no mpirun started needs no daemon and no network: Open MPI then starts in 0.05 s instead of 0.36 s. Other MPIs
/// ignore these, and what the user has set stays. Processes that run at once share a session folder: no shared file pointers there.
void start_quickly_when_alone() {
  if (std::getenv("OMPI_COMM_WORLD_SIZE") || std::getenv("PMIX_RANK") || std::getenv("PMI_RANK")) return;
  for (const auto& [name, value] :
       {std::pair{"OMPI_MCA_ess_singleton_isolated", "1"}, {"OMPI_MCA_pml", "ob1"}, {"OMPI_MCA_btl", "self"}, {"OMPI_MCA_sharedfp", "^sm"}})
    setenv(name, value, 0);
}

std::string version_text() {
  std::string text;
  const auto versions = hypofp::versions_json();
  for (const auto& [name, value] : versions.items()) text += fmt::format("{:<9} {}\n", name, value.get<std::string>());
  return text;
}

/// Empty for "i/n", 1 <= i <= n; else what is wrong.
std::string is_share(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto number = [](const std::string& digits) {
    return !digits.empty() && digits.size() < 6 && digits.find_first_not_of("0123456789") == std::string::npos ? std::stoi(digits) : 0;
  };
  const int i = slash == std::string::npos ? 0 : number(text.substr(0, slash)), n = i == 0 ? 0 : number(text.substr(slash + 1));
  return 1 <= i && i <= n ? "" : text + ": allowed: i/n, integers with 1 <= i <= n < 100000";
}

/// Text on stdout before there are ranks.
int told(const std::string& text) {
  try {
    hypofp::print(text);
    return ok;
  } catch (const OutputError& e) {
    hypofp::say(std::string("hypofp: ") + e.what());
    return not_written;
  }
}

}  // namespace

int main(int argc, char** argv) {
  hypofp::prepare_streams();
  std::vector<char*> own, petsc{argv[0]};  // after "--": PETSc's
  bool passed = false;
  for (int i = 0; i < argc; ++i) {
    if (!passed && std::string(argv[i]) == "--")
      passed = true;
    else
      (passed ? petsc : own).push_back(argv[i]);
  }

  CLI::App app{"hypofp: solves the kinetic Fokker-Planck equation of ASGD and verifies the decay of its solution."};
  app.footer("After -- come PETSc and SLEPc options. Exit codes: 0 done, 2 wrong input, 3 the computation failed, 4 output not written.");
  app.require_subcommand(0, 1);
  app.set_help_all_flag("--help-all", "the help of every command");
  bool version = false;
  app.add_flag("--version", version, "versions of the program and its libraries");
  hypofp::RunOptions options;
  auto* run = app.add_subcommand("run", "evolve g, find F, follow ||h||_* and H, judge the decay, write the results");
  auto* spectrum = app.add_subcommand("spectrum", "the slowest eigenvalues and their modes, by the grid and by the witness");
  auto* certify =
      app.add_subcommand("certify", "mu_cert: dH/dt <= -2 mu_cert H for every h, for the theorem's (C, C_hat) and for the best");
  auto* optimal = app.add_subcommand("optimal", "initial data that decay least over a time, the growth curve, sharp prefactors");
  auto* check = app.add_subcommand("check", "no run: resolved case, theory, Assumption 3.1, cells, memory and cost");
  auto* sweep =
      app.add_subcommand("sweep", "run, spectrum or certify over the grid of keys of the case's [sweep]: a folder a point, one table");
  auto* asgd = app.add_subcommand("asgd", "paths of the algorithm (2.1) and of the SDE (2.2), from an [asgd] case, beside the PDE");
  auto* bench = app.add_subcommand("bench", "speed of the generator and of the propagators, as JSON");
  for (auto* command : {run, spectrum, certify, optimal, sweep, check, asgd, bench}) {
    command->add_option("CASE.toml", options.case_file, "the case file")->required(command != bench);
    command->add_option("--set", options.overrides, "section.key=value, in place of the file's")->allow_extra_args(false);
  }
  auto* plot = app.add_subcommand("plot", "draw the pictures of a run's results again, and write its report");
  std::string results;
  plot->add_option("DIR", results, "folder of the results")->required();
  bool animate = false;
  plot->add_flag("--animate", animate, "and fields.gif, a frame a snapshot");
  run->add_option("--out", options.directory, "folder of the results (default: results/<case file stem>)");
  spectrum->add_option("--out", options.directory, "folder of the results (default: results/<case file stem>-spectrum)");
  certify->add_option("--out", options.directory, "folder of the results (default: results/<case file stem>-certificate)");
  optimal->add_option("--out", options.directory, "folder of the results (default: results/<case file stem>-optimal)");
  sweep->add_option("--out", options.directory, "folder of the results (default: results/<case file stem>-sweep)");
  std::string share = "1/1";
  sweep->add_option("--point", share, "i/n: the i-th of n shares of the points; a job array's share")
      ->check(is_share)
      ->capture_default_str();
  std::optional<double> time;
  optimal->add_option("--time", time, "over which the growth is largest (default: 2/omega0)");
  run->add_flag("--resume", options.resume, "go on from the newest checkpoint in that folder");
  std::string by = "grid";
  for (auto* command : {run, spectrum, certify, optimal, sweep}) {
    command->add_flag("--quiet", options.quiet, "no progress, no warnings");
    command->add_option("--by", by, "grid: finite volumes; witness: Hermite-Galerkin alone, no grid is made")
        ->check(CLI::IsMember({"grid", "witness"}))
        ->capture_default_str();
  }
  asgd->add_option("--out", options.directory, "folder of the results (default: results/<case file stem>-asgd)");
  asgd->add_flag("--quiet", options.quiet, "no progress, no warnings");
  int count = 8;
  spectrum->add_option("--count", count, "how many eigenvalues")->check(CLI::Range(2, 60))->capture_default_str();
  try {
    app.parse(static_cast<int>(own.size()), own.data());
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, err;
    const int code = app.exit(e, out, err);
    if (code != 0) hypofp::say(err.str() + out.str());
    return code != 0 ? wrong_input : told(out.str());
  }
  options.by_witness = by == "witness";
  if (!version && app.get_subcommands().empty()) {
    hypofp::say(app.help());
    return wrong_input;
  }

  start_quickly_when_alone();
  char skip[] = "-skip_petscrc", signals[] = "-no_signal_handler";  // signals are ours: PETSc would bring back the default of SIGPIPE
  petsc.insert(petsc.end(), {skip, signals});
  petsc.push_back(nullptr);
  int petsc_argc = static_cast<int>(petsc.size()) - 1;
  char** petsc_argv = petsc.data();
  if (SlepcInitialize(&petsc_argc, &petsc_argv, nullptr, nullptr)) return failed;
  PetscPushErrorHandler(PetscIgnoreErrorHandler, nullptr);
  const int code = guarded([&] {
    if (version && rank() == 0) hypofp::print(version_text());
    if (run->parsed()) hypofp::run(PETSC_COMM_WORLD, options);
    if (spectrum->parsed()) hypofp::spectrum(PETSC_COMM_WORLD, options, count);
    if (certify->parsed()) hypofp::certify(PETSC_COMM_WORLD, options);
    if (optimal->parsed()) hypofp::optimal(PETSC_COMM_WORLD, options, time);
    if (sweep->parsed()) hypofp::sweep(PETSC_COMM_WORLD, options, std::stoi(share), std::stoi(share.substr(share.find('/') + 1)));
    if (check->parsed()) hypofp::check(PETSC_COMM_WORLD, options.case_file, options.overrides);
    if (asgd->parsed()) hypofp::asgd(PETSC_COMM_WORLD, options);
    if (plot->parsed()) hypofp::plot(results, animate);
    if (bench->parsed()) hypofp::bench(PETSC_COMM_WORLD, options.case_file, options.overrides);
  });
  if (code == ok) name_unused_options();
  PetscOptionsSetValue(nullptr, "-options_left", "no");
  SlepcFinalize();
  return code;
}
