#include "bindings/soap/policy/policy_writer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/escape.h"

namespace parley::policy {
namespace {

using xml::append;

/// Writes elements and declares prefixes where they are first needed.
class Writer {
 public:
  Writer(Bytes& out, Language language, Nesting nesting)
      : out_(out), wsp_(namespace_of(language)), nesting_(nesting) {}

  void write(const NormalPolicy& policy, std::string_view id) {
    append(out_, "<wsp:Policy");
    begin_tag();
    bind("wsp", wsp_);
    if (!id.empty()) {
      bind("wsu", soap::uri::kWsu);
    }
    append_declarations();
    if (!id.empty()) {
      append_attribute("wsu:Id", id);
    }
    append(out_, "><wsp:ExactlyOne>");
    for (const Alternative& alternative : policy.alternatives) {
      write_alternative(alternative);
    }
    append(out_, "</wsp:ExactlyOne></wsp:Policy>");
  }

 private:
  void write_alternative(const Alternative& alternative) {
    append(out_, "<wsp:All>");
    for (const auto& assertion : alternative) {
      write_assertion(*assertion);
    }
    append(out_, "</wsp:All>");
  }

  void write_assertion(const Assertion& assertion) {
    const std::size_t outside = scope_.size();
    const std::string name = open(*assertion.element);
    if (assertion.is_ignorable) {
      append_attribute("wsp:Ignorable", "true");
    }
    append(out_, ">");
    xml::append_text(out_, assertion.element->text);
    // The schemas want an assertion's own parameters before its policy, and what extends it after.
    const std::string& own = assertion.element->name.ns;
    for (const XmlValue& child : assertion.element->children) {
      if (child.name.ns == own) {
        write_value(child);
      }
    }
    if (assertion.nested) {
      write_nested(*assertion.nested);
    }
    for (const XmlValue& child : assertion.element->children) {
      if (child.name.ns != own) {
        write_value(child);
      }
    }
    close(name, outside);
  }

  void write_nested(const Alternative& nested) {
    append(out_, "<wsp:Policy>");
    if (nesting_ == Nesting::normal) {
      append(out_, "<wsp:ExactlyOne>");
      write_alternative(nested);
      append(out_, "</wsp:ExactlyOne>");
    } else {
      for (const auto& assertion : nested) {
        write_assertion(*assertion);
      }
    }
    append(out_, "</wsp:Policy>");
  }

  void write_value(const XmlValue& value) {
    const std::size_t outside = scope_.size();
    const std::string name = open(value);
    append(out_, ">");
    xml::append_text(out_, value.text);
    for (const XmlValue& child : value.children) {
      write_value(child);
    }
    close(name, outside);
  }

  /// A start tag with its attributes, still open. Gives the name as written.
  std::string open(const XmlValue& value) {
    begin_tag();
    for (const auto& [prefix, ns] : value.prefixes) {
      bind(prefix, ns);  // the text names these, so that they come before what we may choose
    }
    std::string name = name_of(value.name);
    std::vector<std::string> attributes;
    for (const XmlAttribute& attribute : value.attributes) {
      attributes.push_back(name_of(attribute.name));
    }
    append(out_, "<");
    append(out_, name);
    append_declarations();
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      append_attribute(attributes[i], value.attributes[i].value);
    }
    return name;
  }

  void close(const std::string& name, std::size_t outside) {
    append(out_, "</");
    append(out_, name);
    append(out_, ">");
    scope_.resize(outside);
  }

  void begin_tag() { tag_ = scope_.size(); }

  void append_declarations() {
    for (std::size_t i = tag_; i < scope_.size(); ++i) {
      append_attribute("xmlns:" + scope_[i].first, scope_[i].second);
    }
  }

  void append_attribute(std::string_view name, std::string_view value) {
    append(out_, " ");
    append(out_, name);
    append(out_, "=\"");
    xml::append_attribute(out_, value);
    append(out_, "\"");
  }

  std::string name_of(const QualifiedName& name) {
    const std::string prefix = prefix_of(name.ns);
    return prefix.empty() ? name.local_name : prefix + ':' + name.local_name;
  }

  /// A prefix for `ns` at the tag at hand: one in force, the usual one, or one of our own. No
  /// default namespace is ever declared, so that names without a namespace need nothing.
  std::string prefix_of(std::string_view ns) {
    if (ns.empty() || ns == uri::kXml) {
      return ns.empty() ? "" : "xml";
    }
    for (auto at = scope_.rbegin(); at != scope_.rend(); ++at) {
      if (at->second == ns && in_force(at->first) == ns) {
        return at->first;
      }
    }
    std::string prefix(usual_prefix(ns));
    for (int i = 1; prefix.empty() || is_taken(prefix); ++i) {
      prefix = "ns" + std::to_string(i);
    }
    bind(prefix, ns);
    return prefix;
  }

  std::string_view in_force(std::string_view prefix) const {
    const auto found = std::find_if(scope_.rbegin(), scope_.rend(),
                                    [&](const auto& row) { return row.first == prefix; });
    return found == scope_.rend() ? std::string_view() : found->second;
  }

  /// Whether the tag at hand declares it.
  bool is_taken(std::string_view prefix) const {
    return std::any_of(scope_.begin() + static_cast<std::ptrdiff_t>(tag_), scope_.end(),
                       [&](const auto& row) { return row.first == prefix; });
  }

  void bind(std::string_view prefix, std::string_view ns) {
    if (prefix != "xml" && in_force(prefix) != ns) {
      scope_.emplace_back(prefix, ns);
    }
  }

  Bytes& out_;
  std::string_view wsp_;
  Nesting nesting_;
  std::vector<std::pair<std::string, std::string>>
      scope_;            ///< prefix and namespace, outermost first
  std::size_t tag_ = 0;  ///< where the declarations of the tag at hand begin in `scope_`
};

}  // namespace

void write_policy(Bytes& out, const NormalPolicy& policy, Nesting nesting, std::string_view id) {
  Writer(out, policy.language, nesting).write(policy, id);
}

}  // namespace parley::policy
