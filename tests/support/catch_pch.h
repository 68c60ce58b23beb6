// Include guards, not a pragma: g++ refuses "pragma once" in a header that it precompiles.
#ifndef PARLEY_TESTS_SUPPORT_CATCH_PCH_H
#define PARLEY_TESTS_SUPPORT_CATCH_PCH_H

#include <catch2/catch.hpp>

#endif
