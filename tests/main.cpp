// Tests that need PETSc, on any number of ranks: every rank runs every test; one failing rank fails the whole.
#include <gtest/gtest.h>
#include <slepc.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (SlepcInitialize(&argc, &argv, nullptr, nullptr)) return 1;
  PetscPushErrorHandler(PetscIgnoreErrorHandler, nullptr);
  int rank = 0;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (rank != 0)
    delete testing::UnitTest::GetInstance()->listeners().Release(testing::UnitTest::GetInstance()->listeners().default_result_printer());
  int failed = RUN_ALL_TESTS();
  MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, PETSC_COMM_WORLD);
  PetscOptionsSetValue(nullptr, "-options_left", "no");
  SlepcFinalize();
  return failed;
}
