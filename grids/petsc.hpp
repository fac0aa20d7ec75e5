#pragma once
#include <petscksp.h>

#include <memory>

#include "grids/errors.hpp"

namespace hypofp {

/// Turns a PETSc or SLEPc return code into a ComputationError with PETSc's own text.
inline void petsc(PetscErrorCode code) {
  if (code == 0) return;
  const char* text = nullptr;
  char* specific = nullptr;
  PetscErrorMessage(code, &text, &specific);
  throw ComputationError(std::string("PETSc: ") + (text ? text : "error") + (specific && *specific ? std::string(": ") + specific : ""));
}

/// Owners of PETSc objects; destruction is collective, as creation is.
template <class T, PetscErrorCode (*destroy)(T*)>
struct PetscDelete {
  void operator()(T handle) const { destroy(&handle); }
};
template <class T, PetscErrorCode (*destroy)(T*)>
using PetscOwner = std::unique_ptr<std::remove_pointer_t<T>, PetscDelete<T, destroy>>;

using Vector = PetscOwner<Vec, VecDestroy>;
using Matrix = PetscOwner<Mat, MatDestroy>;

/// Time spent in a scope, under a name of its own in -log_view.
class Logged {
 public:
  explicit Logged(PetscLogEvent event) : event_(event) { PetscLogEventBegin(event_, nullptr, nullptr, nullptr, nullptr); }
  ~Logged() { PetscLogEventEnd(event_, nullptr, nullptr, nullptr, nullptr); }
  Logged(const Logged&) = delete;
  /// Registers a name; call once for each, after PETSc's start.
  static PetscLogEvent event(const char* name) {
    static const PetscClassId hypofp = [] {
      PetscClassId id = 0;
      petsc(PetscClassIdRegister("hypofp", &id));
      return id;
    }();
    PetscLogEvent event = 0;
    petsc(PetscLogEventRegister(name, hypofp, &event));
    return event;
  }

 private:
  PetscLogEvent event_;
};

/// Local entries of a vector for the life of the object.
class ReadArray {
 public:
  explicit ReadArray(Vec v) : v_(v) { petsc(VecGetArrayRead(v_, &data_)); }
  ~ReadArray() { VecRestoreArrayRead(v_, &data_); }
  ReadArray(const ReadArray&) = delete;
  operator const double*() const { return data_; }

 private:
  Vec v_;
  const double* data_ = nullptr;
};
class WriteArray {
 public:
  explicit WriteArray(Vec v) : v_(v) { petsc(VecGetArray(v_, &data_)); }
  ~WriteArray() { VecRestoreArray(v_, &data_); }
  WriteArray(const WriteArray&) = delete;
  operator double*() const { return data_; }

 private:
  Vec v_;
  double* data_ = nullptr;
};

}  // namespace hypofp
