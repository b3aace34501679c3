#pragma once
// Ids that cannot be swapped for one another.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace rbee {

/// A number that names a thing; `Tag` makes each kind of id its own type. Default is 0.
template <typename Tag, typename Number = std::uint32_t>
class StrongId {
 public:
  using number_type = Number;
  constexpr StrongId() = default;
  constexpr explicit StrongId(Number value) : value_(value) {}
  constexpr Number value() const { return value_; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;

 private:
  Number value_ = 0;
};

}  // namespace rbee

template <typename Tag, typename Number>
struct std::hash<rbee::StrongId<Tag, Number>> {
  std::size_t operator()(rbee::StrongId<Tag, Number> id) const noexcept { return std::hash<Number>{}(id.value()); }
};
