#pragma once
#ifdef __AVX512F__
#include <immintrin.h>
#endif
#include <cstring>
#include <utility>

/// Several doubles at once, as the kernel needs them: the compiler's vectors, masked and streamed where the processor can.
#define HYPOFP_INLINE __attribute__((always_inline))

namespace hypofp {

#ifdef __AVX512F__
constexpr int width = 8;
#else
constexpr int width = 4;
#endif
typedef double Lanes __attribute__((vector_size(8 * width)));
typedef double LooseLanes __attribute__((vector_size(8 * width), aligned(8), may_alias));  // at any address

inline Lanes at(const double* p) { return *reinterpret_cast<const LooseLanes*>(p); }
inline Lanes splat(double x) { return x - Lanes{}; }
inline void put(double* p, Lanes v) { *reinterpret_cast<LooseLanes*>(p) = v; }
/// Past the caches: for a vector that will not be read before it has left them. p is aligned.
inline void stream(double* p, Lanes v) {
#ifdef __AVX512F__
  __builtin_ia32_movntpd512(p, v);
#else
  put(p, v);
#endif
}
/// Values from the far caches are asked for six steps early, into the second level.
HYPOFP_INLINE inline void soon(const double* from) { __builtin_prefetch(from + 6 * width, 0, 2); }
HYPOFP_INLINE inline void soon_changed(double* to) { __builtin_prefetch(to + 6 * width, 1, 2); }
/// The first n of `width` values; the others are zero, or stay as they are.
inline Lanes at(const double* p, int n) {
#ifdef __AVX512F__
  return reinterpret_cast<Lanes>(_mm512_maskz_loadu_pd(static_cast<__mmask8>((1 << n) - 1), p));
#else
  Lanes v = {};
  std::memcpy(&v, p, n * sizeof(double));
  return v;
#endif
}
inline void put(double* p, Lanes v, int n) {
#ifdef __AVX512F__
  _mm512_mask_storeu_pd(p, static_cast<__mmask8>((1 << n) - 1), reinterpret_cast<__m512d>(v));
#else
  std::memcpy(p, &v, n * sizeof(double));
#endif
}
/// v stays in its register: GCC would load it again at each use.
HYPOFP_INLINE inline Lanes held(Lanes v) {
#ifdef __AVX__
  asm("" : "+v"(v));
#endif
  return v;
}
/// A line of values and what stands `n` places on, |n| <= width: from whole vectors where a shift is cheaper than a load across cache
/// lines.
class Line {
 public:
  Line() = default;
  explicit Line(const double* p) : p_(p) {
#ifdef __AVX512F__
    before_ = at(p - width), here_ = at(p), after_ = at(p + width);
#endif
  }
  /// To p, which is `width` further on.
  HYPOFP_INLINE inline void move(const double* p) {
    p_ = p;
#ifdef __AVX512F__
    before_ = here_, here_ = after_, after_ = held(at(p + width));
#endif
  }
  HYPOFP_INLINE inline Lanes shifted(int n) const {
#ifdef __AVX512F__
    const auto pick = [](Lanes low, Lanes high, int n) HYPOFP_INLINE {
      const __m512i a = reinterpret_cast<__m512i>(high), b = reinterpret_cast<__m512i>(low);
      switch (n) {
        case 1:
          return reinterpret_cast<Lanes>(_mm512_alignr_epi64(a, b, 1));
        case 2:
          return reinterpret_cast<Lanes>(_mm512_alignr_epi64(a, b, 2));
        case 3:
          return reinterpret_cast<Lanes>(_mm512_alignr_epi64(a, b, 3));
        case 4:
          return reinterpret_cast<Lanes>(_mm512_alignr_epi64(a, b, 4));
        case 5:
          return reinterpret_cast<Lanes>(_mm512_alignr_epi64(a, b, 5));
        case 6:
          return reinterpret_cast<Lanes>(_mm512_alignr_epi64(a, b, 6));
        default:
          return reinterpret_cast<Lanes>(_mm512_alignr_epi64(a, b, 7));
      }
    };
    return n == 0 ? here_ : n < 0 ? pick(before_, here_, width + n) : pick(here_, after_, n);
#else
    return at(p_ + n);
#endif
  }

 private:
  const double* p_;
  Lanes before_, here_, after_;
};
/// v is computed here in any case: else the compiler moves its work into the branches that store it.
inline void settle([[maybe_unused]] Lanes& v) {
#ifdef __AVX__
  asm volatile("" : "+v"(v));
#endif
}
/// f<0>(), f<1>(), .. f<n-1>(): what an unrolled loop becomes too late for arrays to stay in registers.
template <int n, class F>
HYPOFP_INLINE inline void each(const F& f) {
  [&]<int... i>(std::integer_sequence<int, i...>) HYPOFP_INLINE { (f.template operator()<i>(), ...); }
  (std::make_integer_sequence<int, n>{});
}

}  // namespace hypofp
