#include "solver/ensembles/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace hypofp {

Words random_words(int seed, Stream stream, std::uint32_t block, std::uint32_t step, std::uint32_t number) {
  using Philox = r123::Philox4x32;
  const Philox::key_type key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(stream)}};
  Words words;
  for (std::uint32_t p = 0; p < block_pairs; ++p) {
    const Philox::ctr_type four = Philox()(Philox::ctr_type{{block * block_pairs + p, step, number, 0}}, key);
    for (int j = 0; j < 4; ++j) words[j][p] = four[j];
  }
  return words;
}

PerPath normals(const std::array<std::uint32_t, block_pairs>& radius, const std::array<std::uint32_t, block_pairs>& angle) {
  PerPath z;
  for (int p = 0; p < block_pairs; ++p) {
    const double r = std::sqrt(-2 * std::log(uniform(radius[p]))), phi = 2 * std::numbers::pi * uniform(angle[p]);
    z(p) = r * std::cos(phi);
    z(p + block_pairs) = r * std::sin(phi);
  }
  return z;
}

PerPath noise(GradientNoise kind, const std::array<std::uint32_t, block_pairs>& first,
              const std::array<std::uint32_t, block_pairs>& second) {
  if (kind == GradientNoise::gaussian) return normals(first, second);
  PerPath sign;
  for (int p = 0; p < block_pairs; ++p) sign(p) = first[p] >> 31 ? 1 : -1, sign(p + block_pairs) = second[p] >> 31 ? 1 : -1;
  return sign;
}

}  // namespace hypofp
