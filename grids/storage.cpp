#include "grids/storage.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace hypofp {
namespace {

/// Zeros for a vector. PETSc aligns to 16 bytes, and a 64-byte load across two cache lines costs two. Mapped by itself: what is freed
/// goes back to the system, and huge pages are used where it lends them.
class Storage {
 public:
  explicit Storage(std::size_t bytes) : mapped_(bytes + huge_page) {
    base_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    const auto address = reinterpret_cast<std::uintptr_t>(base_);
    data_ = reinterpret_cast<double*>((address + huge_page - 1) / huge_page * huge_page);
    if (bytes >= huge_page) madvise(data_, bytes, MADV_HUGEPAGE);
  }
  Storage(const Storage&) = delete;
  ~Storage() { munmap(base_, mapped_); }
  double* data() const { return data_; }

 private:
  static constexpr std::size_t huge_page = 2 << 20;
  void* base_;
  std::size_t mapped_;
  double* data_;
};

}  // namespace

Vector aligned_vector(MPI_Comm comm, PetscInt block, PetscInt local, PetscInt guard) {
  const std::size_t entries = static_cast<std::size_t>(local) + 2 * guard;
  auto* storage = new Storage(entries * sizeof(double));
  Vec v = nullptr;
  petsc(VecCreateMPIWithArray(comm, block, local, PETSC_DETERMINE, storage->data() + guard, &v));
  Vector owner(v);
  PetscContainer container = nullptr;
  petsc(PetscContainerCreate(comm, &container));
  petsc(PetscContainerSetPointer(container, storage));
  petsc(PetscContainerSetUserDestroy(container, [](void* p) -> PetscErrorCode {
    delete static_cast<Storage*>(p);
    return 0;
  }));
  petsc(PetscObjectCompose(reinterpret_cast<PetscObject>(v), "storage", reinterpret_cast<PetscObject>(container)));
  petsc(PetscContainerDestroy(&container));  // the vector keeps it
  return owner;
}

}  // namespace hypofp
