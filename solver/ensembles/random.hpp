#pragma once
#include <array>
#include <cstdint>

#include "grids/ensemble_settings.hpp"
#include "solver/ensembles/paths.hpp"

namespace hypofp {

/// What numbers are drawn for: streams of one seed that never meet.
enum class Stream : std::uint32_t { start, algorithm, sde, first_services, workers };

/// Random words by a counter (Philox 4x32 of Random123): they depend on seed, stream, path, step and number alone, not on the order
/// in which they are asked for. Two paths share a draw of four words: path p and path p + block_paths/2 of a block.
constexpr int block_pairs = block_paths / 2;
using Words = std::array<std::array<std::uint32_t, block_pairs>, 4>;
Words random_words(int seed, Stream stream, std::uint32_t block, std::uint32_t step, std::uint32_t number);

/// In (0, 1), both ends excluded.
inline double uniform(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

/// A standard normal number for each path of the block, from two words of each pair (Box and Muller 1958).
using PerPath = Eigen::Array<double, block_paths, 1>;
PerPath normals(const std::array<std::uint32_t, block_pairs>& radius, const std::array<std::uint32_t, block_pairs>& angle);
/// The noise of a gradient's component in units of Sigma, likewise.
PerPath noise(GradientNoise kind, const std::array<std::uint32_t, block_pairs>& first,
              const std::array<std::uint32_t, block_pairs>& second);

}  // namespace hypofp
