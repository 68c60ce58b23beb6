#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace parley {

/// A value or an Error. Named like std::expected, and [[nodiscard]], so that no failure is lost.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <class U = T>

  requires(std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
           !std::is_same_v<std::remove_cvref_t<U>, Error>)
      // NOLINTNEXTLINE(google-explicit-constructor): returning a value is the common case.
      Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  // NOLINTNEXTLINE(google-explicit-constructor): returning an error is the other one.
  Result(Error error) : state_(std::in_place_index<1>, error) {}

  bool has_value() const { return state_.index() == 0; }

  explicit operator bool() const { return has_value(); }

  T& value() & {
    PARLEY_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }

  const T& value() const& {
    PARLEY_CHECK(has_value());
    return *std::get_if<0>(&state_);
  }

  T&& value() && {
    PARLEY_CHECK(has_value());
    return std::move(*std::get_if<0>(&state_));
  }

  T& operator*() & { return value(); }

  const T& operator*() const& { return value(); }

  T&& operator*() && { return std::move(*this).value(); }

  T* operator->() { return &value(); }

  const T* operator->() const { return &value(); }

  const Error& error() const {
    PARLEY_CHECK(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Two words, which go through registers: there is one of these for every step of reading a
/// message.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  constexpr Result() = default;

  // NOLINTNEXTLINE(google-explicit-constructor): returning an error is the only use.
  constexpr Result(Error error)
      : code_(error.code()), has_error_(true), place_(error.place().data()) {}

  constexpr bool has_value() const { return !has_error_; }

  constexpr explicit operator bool() const { return has_value(); }

  void value() const { PARLEY_CHECK(has_value()); }

  Error error() const {
    PARLEY_CHECK(has_error_);
    return Error(code_, place_);
  }

 private:
  ErrorCode code_{};
  bool has_error_ = false;
  const char* place_ = nullptr;
};

}  // namespace parley

#define PARLEY_CONCAT_INNER(a, b) a##b
#define PARLEY_CONCAT(a, b) PARLEY_CONCAT_INNER(a, b)

/// Returns the error of `expression` from the enclosing function, if it has one.
#define PARLEY_TRY(expression)                                          \
  do {                                                                  \
    if (auto parley_tried = (expression); !parley_tried) [[unlikely]] { \
      return parley_tried.error();                                      \
    }                                                                   \
  } while (false)

/// Declares or assigns `target` from the value of `expression`, or returns its error.
#define PARLEY_ASSIGN_OR_RETURN(target, expression) \
  PARLEY_ASSIGN_OR_RETURN_INNER(PARLEY_CONCAT(parley_result_, __LINE__), target, expression)
#define PARLEY_ASSIGN_OR_RETURN_INNER(name, target, expression) \
  auto name = (expression);                                     \
  if (!name) [[unlikely]] {                                     \
    return name.error();                                        \
  }                                                             \
  target = std::move(name).value()
