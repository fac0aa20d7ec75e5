#pragma once
#include <nlohmann/json_fwd.hpp>

#include "io/hdf5.hpp"

namespace hypofp {

struct Problem;

/// Of the program, the libraries it runs with, the compiler and its flags. No word of the machine.
nlohmann::ordered_json versions_json();
/// What every file says of the run that made it: these, the resolved case, the ranks, by what it was solved.
Origin origin_of(const Problem& problem);

}  // namespace hypofp
