#include "bindings/soap/policy/known_assertions.h"

#include <algorithm>
#include <array>

#include "bindings/soap/policy/policy_names.h"

namespace parley::policy {
namespace {

/// Everything in these namespaces.
constexpr std::array<std::string_view, 8> kHarmless{
    // which encodings of Unicode are read
    "http://schemas.xmlsoap.org/ws/2004/09/policy/encoding",
    // where one side keeps its keys, and what it does with contexts
    "http://schemas.sun.com/2006/03/wss/server",
    "http://schemas.sun.com/2006/03/wss/client",
    "http://schemas.sun.com/ws/2006/05/sc/server",
    "http://schemas.sun.com/ws/2006/05/sc/client",
    "http://schemas.sun.com/ws/2006/05/trust/server",
    "http://schemas.sun.com/ws/2006/05/trust/client",
    "http://ws.apache.org/rampart/policy",
};

constexpr std::array<std::string_view, 3> kAddressingMetadata{uri::kWsam, uri::kWsam200702,
                                                              uri::kWsam200701};
constexpr std::array<std::string_view, 3> kUsingAddressing{uri::kWsaw, uri::kWsap, uri::kWsapOlder};

template <class List>
bool contains(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

bool is_harmless(const QualifiedName& name) {
  return contains(kHarmless, name.ns);
}

bool is_addressing(const QualifiedName& name) {
  return (name.local_name == "Addressing" && contains(kAddressingMetadata, name.ns)) ||
         (name.local_name == "UsingAddressing" && contains(kUsingAddressing, name.ns));
}

}  // namespace parley::policy
