#include "bindings/soap/policy/parts_reader.h"

#include <array>

#include "bindings/soap/lexical.h"

namespace parley::policy {
namespace {

struct ListRow {
  std::string_view name;
  std::optional<PartList> ProtectedParts::*field;
};

constexpr std::array kLists{
    ListRow{"SignedParts", &ProtectedParts::signed_parts},
    ListRow{"EncryptedParts", &ProtectedParts::encrypted_parts},
    ListRow{"RequiredParts", &ProtectedParts::required_parts},
};

struct SelectionRow {
  std::string_view name;
  SelectedElements::Use use;
};

constexpr std::array kSelections{
    SelectionRow{"SignedElements", SelectedElements::Use::signed_},
    SelectionRow{"EncryptedElements", SelectedElements::Use::encrypted},
    SelectionRow{"ContentEncryptedElements", SelectedElements::Use::content_encrypted},
    SelectionRow{"RequiredElements", SelectedElements::Use::required},
};

/// The schema calls the name a QName; everybody writes the local part.
std::string local_part(std::string_view name) {
  name = soap::trim(name);
  const std::size_t colon = name.find(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

void read_list(const Assertion& assertion, std::optional<PartList>& list, ReadingNotes& notes) {
  if (!list) {
    list.emplace();
  }
  for (const XmlValue& part : assertion.element->children) {
    if (part.name.local_name == "Body") {
      list->body = true;
    } else if (part.name.local_name == "Attachments") {
      list->attachments = true;
    } else if (part.name.local_name == "Header") {
      const auto ns = part.attribute("", "Namespace");
      if (!ns) {
        notes.problem(assertion.name(), "names a header without its namespace");
        continue;
      }
      list->headers.push_back(
          {std::string(soap::trim(*ns)), local_part(part.attribute("", "Name").value_or(""))});
    } else {
      notes.problem(part.name, "is not known as a part of a message");
    }
  }
  if (assertion.element->children.empty()) {
    list->body = true;
    list->every_header = true;
  }
}

void read_selection(const Assertion& assertion,
                    SelectedElements::Use use,
                    ProtectedParts& out,
                    ReadingNotes& notes) {
  for (const XmlValue& child : assertion.element->children) {
    const std::string& name = child.name.local_name;
    // 1.3 adds one for version 2.0, whose name is spelt in two ways.
    const bool is_2_0 = name == "XPath2" || name == "Xpath2";
    if (name != "XPath" && !is_2_0) {
      notes.problem(child.name, "is not known as a selection of elements");
      continue;
    }
    const auto version = assertion.element->attribute("", "XPathVersion");
    out.elements.push_back({use, child, is_2_0 ? "2.0" : std::string(version.value_or(""))});
  }
}

}  // namespace

bool read_parts(const Assertion& assertion, ProtectedParts& out, ReadingNotes& notes) {
  if (!is_security_policy(assertion.name().ns)) {
    return false;
  }
  if (const ListRow* row = find_row(kLists, assertion.name().local_name)) {
    read_list(assertion, out.*row->field, notes);
    return true;
  }
  if (const SelectionRow* row = find_row(kSelections, assertion.name().local_name)) {
    read_selection(assertion, row->use, out, notes);
    return true;
  }
  return false;
}

}  // namespace parley::policy
