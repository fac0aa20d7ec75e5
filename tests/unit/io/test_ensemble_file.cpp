// ensemble.h5 and its picture, without a run.
#include "io/results/ensemble.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "grids/errors.hpp"
#include "io/hdf5.hpp"
#include "io/results/pictures.hpp"
#include "io/results/summary_file.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace hypofp {
namespace {

class EnsembleFile : public TemporaryFolder {
 protected:
  std::string file() const { return (folder / "ensemble.h5").string(); }
  /// Of d components, five rows; without a loss.
  static EnsembleTable table(int d) {
    EnsembleTable t;
    t.dimension = d;
    EnsembleGroup paths{"algorithm", "paths", {}, {}, {}, {}, {}, {}, {}}, density{"pde", "density", {}, {}, {}, {}, {}, {}, {}};
    EnsembleDistances k;
    for (int row = 0; row < 5; ++row) {
      t.step.push_back(10 * row), t.time.push_back(0.7 * row);
      Eigen::MatrixXd C(2 * d, 2 * d);
      for (int i = 0; i < 2 * d; ++i)
        for (int j = 0; j < 2 * d; ++j) C(i, j) = 100 * row + 10 * i + j;
      paths.mean.push_back(C.col(0)), paths.mean_se.push_back(C.col(1)), paths.covariance.push_back(C),
          paths.covariance_se.push_back(2 * C);
      paths.ran_off.push_back(row);
      density.mean.push_back(C.row(0).transpose()), density.covariance.push_back(-C);
      k.theta.push_back(C.col(0).head(d)), k.y.push_back(C.col(0).tail(d));
    }
    t.groups = {paths, density};
    t.distances = {k};
    return t;
  }
  void write_summary_of(const std::string& title) const {
    write_summary(folder.string(), {{"case", {{"title", title}, {"model", {{"omega0", 1.0}}}}},
                                    {"ensemble", {{"contraction_per_step", {{"derived", 0.9}, {"as_printed", 0.8}}}}}});
  }
};

TEST_F(EnsembleFile, GivesBackWhatWasWritten) {
  for (const int d : {1, 3}) {
    const EnsembleTable t = table(d);
    write_ensemble(file(), t);
    const EnsembleTable back = read_ensemble(file());
    EXPECT_EQ(back.step, t.step);
    EXPECT_EQ(back.time, t.time);
    EXPECT_EQ(back.dimension, d);
    ASSERT_EQ(back.groups.size(), 2u);
    EXPECT_EQ(back.groups[0].mean, t.groups[0].mean);
    EXPECT_EQ(back.groups[0].mean_se, t.groups[0].mean_se);
    EXPECT_EQ(back.groups[1].covariance, t.groups[1].covariance);
    EXPECT_TRUE(back.groups[1].mean_se.empty());
    EXPECT_TRUE(back.groups[0].excess_loss.empty());
    std::vector<hsize_t> shape;
    EXPECT_EQ(read_dataset(file(), "ks_theta", shape)[static_cast<std::size_t>(d)], t.distances[0].theta[1](0));
    EXPECT_EQ(shape, (std::vector<hsize_t>{5, static_cast<hsize_t>(d)}));
    read_dataset(file(), "algorithm/covariance_se", shape);
    EXPECT_EQ(shape, (std::vector<hsize_t>{5, static_cast<hsize_t>(2 * d), static_cast<hsize_t>(2 * d)}));
  }
}
TEST_F(EnsembleFile, IsDrawnWithoutALossWithRowsThatAreNoNumberAndWithATitleThatIsText) {
  EnsembleTable t = table(1);
  t.groups[0].mean[2].setConstant(std::nan(""));
  write_ensemble(file(), t);
  write_summary_of("\"; system(\"touch " + (folder / "ran").string() + "\"); \"`touch ran`\nEOD");
  const Drawing drawing = draw_pictures(folder.string());
  EXPECT_EQ(drawing.drawn, std::vector<std::string>{"ensemble.png"}) << (drawing.missing.empty() ? "" : drawing.missing[0]);
  EXPECT_GT(fs::file_size(folder / "ensemble.png"), 5000u);
  EXPECT_FALSE(fs::exists(folder / "ran"));
}
TEST_F(EnsembleFile, ThatIsDamagedOrHasNoSummaryIsTold) {
  write_ensemble(file(), table(1));
  EXPECT_THROW(draw_pictures(folder.string()), UserError);  // no summary
  write_summary(folder.string(), {{"case", {{"title", "a run's"}}}});
  EXPECT_THROW(draw_pictures(folder.string()), UserError);
  write_summary_of("a title");
  fs::resize_file(file(), fs::file_size(file()) / 2);
  EXPECT_THROW(draw_pictures(folder.string()), UserError);
  H5Writer other(file());
  const std::vector<double> step{0, 1, 2};
  other.dataset("step", {3}, step.data()), other.dataset("time", {3}, step.data());
  other.group("pde"), other.dataset("pde/mean", {2}, step.data());
  other.commit();
  EXPECT_THROW(draw_pictures(folder.string()), UserError);
}

}  // namespace
}  // namespace hypofp
