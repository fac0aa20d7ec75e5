#pragma once
#include "solver/ensembles/paths.hpp"

namespace hypofp {

/// The differences of paths of one process from two starts, under the same noise and delays. Where f is quadratic the additive noise
/// cancels, and they follow the process without it: their mean square shows how second moments contract, with no floor to hide it.
class Coupled : public Walk {
 public:
  /// Two walks of one seed; they outlive this one.
  Coupled(Walk& one, Walk& other) : one_(one), other_(other) {}
  void begin(std::uint32_t block) override {
    one_.begin(block), other_.begin(block);
    z_ = one_.state() - other_.state();
  }
  void advance() override {
    one_.advance(), other_.advance();
    z_ = one_.state() - other_.state();
  }

 private:
  Walk &one_, &other_;
};

}  // namespace hypofp
