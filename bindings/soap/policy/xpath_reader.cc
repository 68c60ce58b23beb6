#include "bindings/soap/policy/xpath_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "bindings/soap/policy/assertion_builder.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/xml/characters.h"

namespace parley::policy {
namespace {

using engine::BodyPath;
using Step = BodyPath::Step;

constexpr std::size_t kPathsMax = 16;

constexpr const char* kOther = "uses more of XPath than paths of names";

bool is_of_soap(const Step& step, std::string_view name) {
  constexpr std::array kVersions{engine::SoapVersion::soap_1_1, engine::SoapVersion::soap_1_2};
  return !step.is_any && step.element.name == name &&
         std::any_of(kVersions.begin(), kVersions.end(), [&](engine::SoapVersion version) {
           return soap::names_of(version).ns == step.element.ns;
         });
}

/// Every step tells whether it could be read; `why` then says why not.
class XPathReader {
 public:
  explicit XPathReader(const XmlValue& path) : path_(path), text_(path.text) {}

  bool read() {
    do {
      if (++paths_ > kPathsMax) {
        return fail("selects by too many paths");
      }
      if (!read_path()) {
        return false;
      }
    } while (take("|"));
    return text_.empty() || fail(kOther);
  }

  SelectedPlaces& places() { return places_; }

  const char* why() const { return why_; }

 private:
  bool fail(const char* why) {
    why_ = why;
    return false;
  }

  bool read_path() {
    std::vector<Step> steps;
    bool is_deep = take("//");
    const bool is_absolute = is_deep || take("/");
    do {
      steps.push_back({is_deep});
      if (steps.size() > BodyPath::kStepsMax || !read_step(steps.back())) {
        return why_ != nullptr ? false : fail("selects by too long a path");
      }
      is_deep = take("//");
    } while (is_deep || take("/"));
    return add(std::move(steps), is_absolute);
  }

  /// From the envelope to the Body, below which we keep paths.
  bool add(std::vector<Step> steps, bool is_absolute) {
    auto at = steps.begin();
    if (is_absolute && is_of_soap(*at, "Envelope")) {
      ++at;
    } else if (is_absolute && !at->is_deep) {
      return fail("selects something that is no message of SOAP");
    }
    if (at != steps.end() && is_of_soap(*at, "Header")) {
      return fail("selects in headers, which are encrypted as blocks (EncryptedParts)");
    }
    const bool names_body = at != steps.end() && is_of_soap(*at, "Body");
    if (names_body && at + 1 == steps.end()) {
      places_.body = true;
      return true;
    }
    if (at == steps.end() || (!names_body && !at->is_deep)) {
      return fail("selects outside the Body");
    }
    places_.paths.push_back({{at + (names_body ? 1 : 0), steps.end()}});
    return true;
  }

  bool read_step(Step& step) {
    if (take("*")) {
      step.is_any = true;
    } else if (!read_name(step.element)) {
      return false;
    }
    while (take("[")) {
      if (!read_condition(step)) {
        return false;
      }
    }
    const bool is_other = text_.starts_with("(") || text_.starts_with(":");
    return !is_other || fail(kOther);
  }

  bool read_name(engine::PartName& out) {
    std::string first;
    if (!read_ncname(first)) {
      return false;
    }
    if (!text_.starts_with(":")) {
      out.name = std::move(first);
      return true;
    }
    text_.remove_prefix(1);
    const auto found = std::find_if(path_.prefixes.begin(), path_.prefixes.end(),
                                    [&](const auto& row) { return row.first == first; });
    if (!read_ncname(out.name)) {  // an axis, or "*"
      return false;
    }
    if (found == path_.prefixes.end()) {
      return fail("uses a prefix that is not declared");
    }
    out.ns = found->second;
    return true;
  }

  bool read_condition(Step& step) {
    std::optional<std::string> local;
    std::optional<std::string> ns;
    do {
      const bool is_local = take("local-name()");
      std::string literal;
      if ((!is_local && !take("namespace-uri()")) || !take("=") || !read_literal(literal)) {
        return fail(kOther);
      }
      (is_local ? local : ns) = std::move(literal);
    } while (take("and"));
    if (!take("]") || !step.is_any || !local || !ns) {
      return fail("selects by other conditions than local-name() and namespace-uri() together");
    }
    step.is_any = false;
    step.element = {std::move(*ns), std::move(*local)};
    return true;
  }

  bool read_ncname(std::string& out) {
    const char* const end = xml::ncname_end(text_.data(), text_.data() + text_.size());
    out.assign(text_.data(), end);
    text_.remove_prefix(out.size());
    return !out.empty() || fail(kOther);
  }

  bool read_literal(std::string& out) {
    const bool is_quoted = text_.starts_with('\'') || text_.starts_with('"');
    const std::size_t end = is_quoted ? text_.find(text_.front(), 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      return false;
    }
    out = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return true;
  }

  bool take(std::string_view token) {
    skip_space();
    if (!text_.starts_with(token)) {
      return false;
    }
    text_.remove_prefix(token.size());
    skip_space();
    return true;
  }

  void skip_space() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size()));
  }

  const XmlValue& path_;
  std::string_view text_;
  SelectedPlaces places_;
  std::size_t paths_ = 0;
  const char* why_ = nullptr;
};

}  // namespace

std::variant<SelectedPlaces, std::string> read_xpath(const SelectedElements& selection) {
  const std::string& version = selection.version;
  if (!version.empty() && version != "1.0" &&
      version != "http://www.w3.org/TR/1999/REC-xpath-19991116") {
    return "selects by another version of XPath than 1.0";
  }
  XPathReader reader(selection.path);
  if (!reader.read()) {
    return std::string(reader.why());
  }
  return std::move(reader.places());
}

XmlValue write_xpath(const BodyPath& path, engine::SoapVersion soap, std::string_view sp) {
  XmlValue value = make_value(sp, "XPath");
  const auto name_of = [&](const std::string& ns, const std::string& name) {
    if (ns.empty()) {
      return name;
    }
    auto found = std::find_if(value.prefixes.begin(), value.prefixes.end(),
                              [&](const auto& row) { return row.second == ns; });
    if (found == value.prefixes.end()) {
      value.prefixes.emplace_back("n" + std::to_string(value.prefixes.size()), ns);
      found = value.prefixes.end() - 1;
    }
    return found->first + ':' + name;
  };
  const std::string soap_ns(soap::names_of(soap).ns);
  value.text = '/' + name_of(soap_ns, "Envelope") + '/' + name_of(soap_ns, "Body");
  for (const Step& step : path.steps) {
    value.text += step.is_deep ? "//" : "/";
    value.text += step.is_any ? "*" : name_of(step.element.ns, step.element.name);
  }
  return value;
}

}  // namespace parley::policy
