#include "bindings/soap/security/header_layout.h"

#include <set>
#include <string>
#include <vector>

#include "bindings/soap/security/uris.h"

namespace parley::soap {
namespace {

using engine::HeaderLayout;

Error misplaced(const char* place) {
  return Error(ErrorCode::security_header_invalid, place);
}

/// The Ids under which others may refer to a token.
std::set<std::string> ids_of(const xml::Element& token) {
  std::set<std::string> ids;
  for (const auto& [ns, name] :
       {std::pair(uri::kWsu, "Id"), std::pair(std::string_view(), "Id"),
        std::pair(std::string_view(), "ID"), std::pair(std::string_view(), "AssertionID")}) {
    if (const auto id = token.attribute(ns, name)) {
      ids.emplace(*id);
    }
  }
  return ids;
}

/// The tokens that something refers to by their Id. Not the References of a signature, which may
/// cover what follows.
void collect_targets(const xml::Element& from, std::vector<std::string>& targets) {
  std::vector<xml::Element> open{from};
  while (!open.empty()) {
    const xml::Element element = open.back();
    open.pop_back();
    if (element.is(uri::kWsse, "Reference")) {
      const auto target = element.attribute("", "URI");
      if (target && target->starts_with('#')) {
        targets.emplace_back(target->substr(1));
      }
    }
    for (const xml::Element& child : element.children()) {
      open.push_back(child);
    }
  }
}

Result<void> check_strict(const std::vector<xml::Element>& children) {
  std::set<std::string> later;
  for (const xml::Element& child : children) {
    later.merge(ids_of(child));
  }
  for (const xml::Element& child : children) {
    for (const std::string& id : ids_of(child)) {
      later.erase(id);
    }
    std::vector<std::string> targets;
    collect_targets(child, targets);
    for (const std::string& target : targets) {
      if (later.contains(target)) {
        return misplaced("a token after what refers to it");
      }
    }
  }
  return {};
}

}  // namespace

Result<void> check_layout(const xml::Element& security, HeaderLayout layout) {
  if (layout == HeaderLayout::lax) {
    return {};
  }
  std::vector<xml::Element> children;
  for (const xml::Element& child : security.children()) {
    children.push_back(child);
  }
  const auto is_timestamp = [](const xml::Element& child) {
    return child.is(uri::kWsu, "Timestamp");
  };
  switch (layout) {
    case HeaderLayout::lax:
      return {};
    case HeaderLayout::strict:
      return check_strict(children);
    case HeaderLayout::lax_timestamp_first:
      return !children.empty() && is_timestamp(children.front())
                 ? Result<void>()
                 : misplaced("the Timestamp is not first");
    case HeaderLayout::lax_timestamp_last:
      return !children.empty() && is_timestamp(children.back())
                 ? Result<void>()
                 : misplaced("the Timestamp is not last");
  }
  return {};
}

}  // namespace parley::soap
