#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

using namespace parley;

namespace {

Result<int> half(int n) {
  if (n % 2 != 0) {
    return Error(ErrorCode::invalid_argument, "half");
  }
  return n / 2;
}

Result<int> quarter(int n) {
  PARLEY_ASSIGN_OR_RETURN(const int h, half(n));
  return half(h);
}

}  // namespace

TEST_CASE("Result carries a value or an error through the macros") {
  CHECK(*quarter(8) == 2);
  CHECK(quarter(6).error().code() == ErrorCode::invalid_argument);
  CHECK(quarter(3).error().message() == "half: an argument is out of its range");
}

TEST_CASE("hexadecimal text round-trips and refuses what is not hexadecimal") {
  CHECK(to_hex(*from_hex("00ffA5")) == "00ffa5");
  CHECK(!from_hex("0"));
  CHECK(!from_hex("0g"));
}

TEST_CASE("every limit has a name of its own, a unit and a reason") {
  std::set<std::string> names;
  const Limits limits;
  for (const LimitRow& row : limit_rows()) {
    CHECK(names.insert(std::string(row.name)).second);
    CHECK(!row.unit.empty());
    CHECK(!row.reason.empty());
    CHECK(limits.*row.field == row.value);
  }
}
