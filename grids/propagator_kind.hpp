#pragma once

namespace hypofp {

enum class PropagatorKind { chebyshev, ts, mfn };

}  // namespace hypofp
