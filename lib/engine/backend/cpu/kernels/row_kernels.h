#pragma once
// The small operations on rows of float32, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/kernel_args.h"
#include "engine/backend/cpu/kernels/vector_math.h"

namespace rbee::engine::cpu {

/// y[i] = f(vector of x at i) for n values; the tail in one partial vector whose other lanes are zero.
template <class S, class F>
void map_row(const float* x, float* y, std::size_t n, const F& f) {
  std::size_t i = 0;
  for (; i + S::kLanes <= n; i += S::kLanes) S::store(y + i, f(S::load(x + i)));
  if (i < n) S::store(y + i, f(S::load(x + i, n - i)), n - i);
}

/// y[i] = f(a[i], b[i])
template <class S, class F>
void zip_rows(const float* a, const float* b, float* y, std::size_t n, const F& f) {
  std::size_t i = 0;
  for (; i + S::kLanes <= n; i += S::kLanes) S::store(y + i, f(S::load(a + i), S::load(b + i)));
  if (i < n) S::store(y + i, f(S::load(a + i, n - i), S::load(b + i, n - i)), n - i);
}

template <class S>
void add_row(const float* a, const float* b, float* y, std::size_t n) {
  zip_rows<S>(a, b, y, n, [](auto u, auto v) { return S::add(u, v); });
}

template <class S>
void scale_row(const float* x, float* y, std::size_t n, float factor) {
  const typename S::Vec f = S::set1(factor);
  map_row<S>(x, y, n, [f](auto v) { return S::mul(v, f); });
}

template <class S>
void softcap_row(const float* x, float* y, std::size_t n, float cap) {
  const typename S::Vec c = S::set1(cap);
  map_row<S>(x, y, n, [c](auto v) { return S::mul(c, vtanh<S>(S::div(v, c))); });
}

template <class S>
void activation_mul_row(Activation activation, const float* gate, const float* up, float* y, std::size_t n) {
  switch (activation) {
    case Activation::kSilu:
      return zip_rows<S>(gate, up, y, n, [](auto g, auto u) { return S::mul(vsilu<S>(g), u); });
    case Activation::kGeluTanh:
      return zip_rows<S>(gate, up, y, n, [](auto g, auto u) { return S::mul(vgelu_tanh<S>(g), u); });
    case Activation::kGeluErf:
      return zip_rows<S>(gate, up, y, n, [](auto g, auto u) { return S::mul(vgelu_erf<S>(g), u); });
  }
}

/// y = x / sqrt(mean(x^2) + eps) * w over n values. Four chains of lanes, so that the fma latency is hidden.
template <class S>
void rms_norm_group(const float* x, const float* w, float* y, std::size_t n, float eps) {
  using V = typename S::Vec;
  V acc[4] = {S::zero(), S::zero(), S::zero(), S::zero()};
  std::size_t i = 0;
  for (; i + 4 * S::kLanes <= n; i += 4 * S::kLanes) {
    for (std::size_t j = 0; j < 4; ++j) {
      const V v = S::load(x + i + j * S::kLanes);
      acc[j] = S::fma(v, v, acc[j]);
    }
  }
  for (; i < n; i += S::kLanes) {
    const V v = n - i < S::kLanes ? S::load(x + i, n - i) : S::load(x + i);
    acc[0] = S::fma(v, v, acc[0]);
  }
  const float squares = S::sum(S::add(S::add(acc[0], acc[1]), S::add(acc[2], acc[3])));
  const V factor = S::set1(1.0F / __builtin_sqrtf(squares / static_cast<float>(n) + eps));
  zip_rows<S>(x, w, y, n, [factor](auto v, auto u) { return S::mul(S::mul(v, factor), u); });
}

/// Each group of `group` values; `w` is one group long.
template <class S>
void rms_norm_row(const float* x, const float* w, float* y, std::size_t n, std::size_t group, float eps) {
  for (std::size_t i = 0; i < n; i += group) rms_norm_group<S>(x + i, w, y + i, group, eps);
}

/// Pairs (i, i + pairs): both halves of a head are contiguous.
template <class S>
void rope_row_halves(const RopeRow& r) {
  for (std::size_t h = 0; h < r.heads; ++h) {
    const float* a = r.x + h * r.head_dim;
    const float* b = a + r.pairs;
    float* out_a = r.y + h * r.head_dim;
    float* out_b = out_a + r.pairs;
    for (std::size_t i = 0; i < r.pairs; i += S::kLanes) {
      const std::size_t n = r.pairs - i < S::kLanes ? r.pairs - i : S::kLanes;
      const bool whole = n == S::kLanes;
      const auto load = [&](const float* p) { return whole ? S::load(p + i) : S::load(p + i, n); };
      const auto c = load(r.cos), s = load(r.sin), u = load(a), v = load(b);
      const auto first = S::sub(S::mul(u, c), S::mul(v, s));
      const auto second = S::fma(v, c, S::mul(u, s));
      if (whole) {
        S::store(out_a + i, first);
        S::store(out_b + i, second);
      } else {
        S::store(out_a + i, first, n);
        S::store(out_b + i, second, n);
      }
    }
    for (std::size_t i = 2 * r.pairs; i < r.head_dim; ++i) out_a[i] = a[i];
  }
}

/// Pairs (2i, 2i + 1).
template <class S>
void rope_row_interleaved(const RopeRow& r) {
  for (std::size_t h = 0; h < r.heads; ++h) {
    const float* x = r.x + h * r.head_dim;
    float* y = r.y + h * r.head_dim;
    for (std::size_t i = 0; i < r.pairs; ++i) {
      const float u = x[2 * i], v = x[2 * i + 1];
      y[2 * i] = u * r.cos[i] - v * r.sin[i];
      y[2 * i + 1] = u * r.sin[i] + v * r.cos[i];
    }
    for (std::size_t i = 2 * r.pairs; i < r.head_dim; ++i) y[i] = x[i];
  }
}

}  // namespace rbee::engine::cpu
