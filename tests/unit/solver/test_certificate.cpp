// mu_cert: the derived mu at eps = 0, reference values with eps, and what the grid makes up.
#include "solver/modes/certificate.hpp"

#include <gtest/gtest.h>

#include "operators/hermite/generator.hpp"
#include "operators/odd_even.hpp"
#include "tests/support.hpp"

namespace hypofp {
namespace {

using namespace testing_support;

const char* const bump = "0.1*sin(2*theta1)*exp(-theta1^2/8)";

double by_hermite(const Model& m, int degree, std::shared_ptr<Epsilon> e, double C, double C_hat) {
  const HermiteGenerator A(m, degree, field(e));
  return Pencil(A).smallest(C, C_hat).mu;
}
Theory theory(const Model& m) { return theory_of(m, spec(24, 8, 6), nullptr, {}); }

TEST(Certificate, IsTheDerivedMuWithoutEpsInEveryRegime) {
  for (double gamma : {0.3, 1.0, 2.0, 3.0, 6.0}) {
    const Model m = model(1, 1.2, 1.2 * gamma, 0.7);
    const Theory t = theory(m);
    EXPECT_NEAR(by_hermite(m, 12, nullptr, t.C, t.C_hat), t.mu, 1e-9) << "gamma " << gamma;
  }
  const Theory t = theory(model(2));
  EXPECT_NEAR(by_hermite(model(2), 4, nullptr, t.C, t.C_hat), t.mu, 1e-9);
}
TEST(Certificate, WithEpsIsTheReferencesByDegree) {  // theorem trends, by another program
  for (auto [degree, mu] : {std::pair{20, 0.40744}, {40, 0.40369}, {60, 0.40341}})
    EXPECT_NEAR(by_hermite(model(1), degree, epsilon({bump}), 1, 0.5), mu, 1e-5) << degree;
  for (auto [degree, mu] : {std::pair{20, 0.37830}, {40, 0.32986}})
    EXPECT_NEAR(by_hermite(model(1, 1, 3, 1), degree, epsilon({bump}), 3.5, 1.5), mu, 1e-5) << degree;
}
TEST(Certificate, NearCriticalNoDecayIsCertified) {
  EXPECT_NEAR(by_hermite(model(1, 1, 2, 1), 20, epsilon({bump}), 1.01, 1), -0.929, 1e-3);
}
TEST(Certificate, InTwoDimensionsIsTheReferences) {
  const auto eps = epsilon({"0.1*theta1*exp(-(theta1^2+theta2^2)/4)", "0.1*theta2*exp(-(theta1^2+theta2^2)/4)"});
  EXPECT_NEAR(by_hermite(model(2), 10, eps, 1, 0.5), 0.41313, 1e-5);
}
TEST(Certificate, TheBestPairIsTheReferencesAndNoPairNearItIsBetter) {
  const HermiteGenerator A(model(1), 20, field(epsilon({bump})));
  const Pencil pencil(A);
  std::vector<Cut> cuts;
  const BestPair best = best_pair(pencil, 1, 0.5, cuts);
  EXPECT_NEAR(best.certificate.mu, 0.41481, 1e-5);
  EXPECT_NEAR(best.C, 0.9325, 1e-3);
  EXPECT_NEAR(best.C_hat, 0.4931, 1e-3);
  EXPECT_LT(best.bound - best.certificate.mu, 1e-7);
  for (auto [dC, dC_hat] : {std::pair{0.01, 0.0}, {-0.01, 0.0}, {0.0, 0.01}, {0.0, -0.01}})
    EXPECT_LT(pencil.smallest(best.C + dC, best.C_hat + dC_hat).mu, best.certificate.mu);
}
TEST(Certificate, NoHDecaysSlowerAtTheStart) {
  const HermiteGenerator A(model(1), 20, field(epsilon({bump})));
  const double mu = Pencil(A).smallest(1, 0.5).mu;
  for (double phase : {0.1, 0.4, 2.0, 3.3}) {
    const Vector h = A.rough(phase), image = A.vector();
    A.add_maxwellian(-A.mass(h.get()), h.get());
    A.apply(h.get(), image.get());
    double H = 0, half_rate = 0;  // H and <h, G A h>
    std::vector<Vector> of_h, of_image;
    for (int axis : {0, 1}) {
      of_h.push_back(A.vector()), of_image.push_back(A.vector());
      A.gradient(axis, Sense::forward, h.get(), of_h.back().get());
      A.gradient(axis, Sense::forward, image.get(), of_image.back().get());
    }
    const auto form = [&](int i, int j, const std::vector<Vector>& b) { return dot(of_h[i].get(), b[j].get()); };
    for (auto [i, j, weight] : {std::tuple{0, 0, 1.0}, {1, 1, 1.0}, {0, 1, 0.5}, {1, 0, 0.5}})
      H += weight * form(i, j, of_h), half_rate += weight * form(i, j, of_image);
    EXPECT_GE(-half_rate / H, mu);
  }
}
TEST(Certificate, OfAGridLeavesOddEvenMinimisersOut) {
  const Model m = model(1);
  const Solve solve(m, spec(24, 6, 6), nullptr, 1e-9, PETSC_COMM_SELF);
  const Pencil pencil(solve.generator, [&](Vec phi) { return odd_even_content(solve.generator, phi); });
  const Certificate c = pencil.smallest(1, 0.5);
  EXPECT_LE(c.odd_even, 0.5);
  EXPECT_NEAR(c.mu, 0.5, 1e-3);
}

}  // namespace
}  // namespace hypofp
