#include "tests/cells/peer_text.h"

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/soap_versions.h"

namespace parley::test {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

struct Prefixes {
  const char* soap;
  const char* wsa;
  const char* rm;
  const char* true_value;
};

Prefixes prefixes_of(Stack stack) {
  switch (stack) {
    case Stack::wcf:
      return {"s", "a", "r", "1"};
    case Stack::cxf:
      return {"soap", "", "wsrm", "true"};  // addressing in a default namespace
    case Stack::metro:
      return {"S", "", "ns2", "1"};
    case Stack::sandesha2:
      return {"soapenv", "wsa", "wsrm", "1"};
  }
  return {};
}

}  // namespace

std::string_view name_of(Stack stack) {
  switch (stack) {
    case Stack::wcf:
      return "WCF";
    case Stack::cxf:
      return "CXF";
    case Stack::metro:
      return "Metro";
    case Stack::sandesha2:
      return "Sandesha2";
  }
  return {};
}

PeerText::PeerText(Stack stack, const engine::Profile& profile)
    : stack_(stack),
      profile_(profile),
      soap_(soap::names_of(profile.soap).ns),
      wsa_(soap::names_of(profile.addressing).ns),
      rm_(soap::names_of(*profile.rm).ns),
      anonymous_(wsa_ + (profile.addressing == engine::AddressingVersion::addressing_1_0
                             ? "/anonymous"
                             : "/role/anonymous")),
      none_("http://www.w3.org/2005/08/addressing/none") {}

/// Every block declares what it uses, where the stack does not declare it above.
std::string PeerText::with_own_prefixes(std::string text) const {
  const Prefixes prefixes = prefixes_of(stack_);
  const std::string wsa = prefixes.wsa;
  if (wsa.empty()) {
    replace_all(text, "</a:", "</");
    for (std::size_t at = text.find("<a:"); at != std::string::npos; at = text.find("<a:", at)) {
      const std::size_t end = text.find_first_of(" >/", at + 3);
      text.insert(end, " xmlns=\"" + wsa_ + "\"");
      text.erase(at + 1, 2);
    }
  } else {
    replace_all(text, "<a:", "<" + wsa + ":");
    replace_all(text, "</a:", "</" + wsa + ":");
  }
  const std::string rm = prefixes.rm;
  replace_all(text, "<r:", "<" + rm + ":");
  replace_all(text, "</r:", "</" + rm + ":");
  replace_all(text, "\"r:", "\"" + rm + ":");
  replace_all(text, ">r:", ">" + rm + ":");
  replace_all(text, "s:mustUnderstand=\"1\"",
              std::string(prefixes.soap) + ":mustUnderstand=\"" + prefixes.true_value + "\"");
  return text;
}

std::string PeerText::message(const Parts& parts) {
  message_id_ = "urn:uuid:00000000-0000-4000-8000-" + std::to_string(100000000000 + ++count_);
  const std::string action = parts.action.starts_with('/') ? rm_ + parts.action : parts.action;
  std::string addressing = "<a:Action s:mustUnderstand=\"1\">" + action + "</a:Action>";
  addressing += "<a:MessageID>" + message_id_ + "</a:MessageID>";
  if (!parts.relates_to.empty()) {
    addressing += "<a:RelatesTo>" + parts.relates_to + "</a:RelatesTo>";
  }
  if (!parts.reply_to.empty()) {
    addressing += "<a:ReplyTo><a:Address>" + (parts.reply_to == "none" ? none_ : anonymous_) +
                  "</a:Address></a:ReplyTo>";
  }
  const std::string to = parts.relates_to.empty() ? "https://localhost:9700/service" : anonymous_;
  addressing += "<a:To s:mustUnderstand=\"1\">" + to + "</a:To>";
  // IB-002: WCF writes the headers of reliable messaging first, the others last.
  const std::string headers =
      stack_ == Stack::wcf ? parts.rm_headers + addressing : addressing + parts.rm_headers;
  const Prefixes prefixes = prefixes_of(stack_);
  const std::string soap = prefixes.soap;
  std::string out = "<" + soap + ":Envelope xmlns:" + soap + "=\"" + soap_ + "\"";
  if (*prefixes.wsa != '\0') {
    out += std::string(" xmlns:") + prefixes.wsa + "=\"" + wsa_ + "\"";
  }
  out += std::string(" xmlns:") + prefixes.rm + "=\"" + rm_ + "\">";
  out += "<" + soap + ":Header>" + headers + "</" + soap + ":Header>";
  out += "<" + soap + ":Body>" + parts.body + "</" + soap + ":Body></" + soap + ":Envelope>";
  return with_own_prefixes(std::move(out));
}

std::string PeerText::sequence(const std::string& identifier,
                               std::uint64_t number,
                               bool last) const {
  return "<r:Sequence s:mustUnderstand=\"1\"><r:Identifier>" + identifier +
         "</r:Identifier><r:MessageNumber>" + std::to_string(number) + "</r:MessageNumber>" +
         (last ? "<r:LastMessage/>" : "") + "</r:Sequence>";
}

std::string PeerText::acknowledgement(const std::string& identifier,
                                      std::string_view ranges,
                                      const std::string& more) const {
  std::string out = "<r:SequenceAcknowledgement><r:Identifier>" + identifier + "</r:Identifier>";
  while (!ranges.empty()) {
    const std::string_view one = ranges.substr(0, ranges.find(' '));
    const std::size_t dash = one.find('-');
    out += "<r:AcknowledgementRange Lower=\"" + std::string(one.substr(0, dash)) + "\" Upper=\"" +
           std::string(one.substr(dash + 1)) + "\"/>";
    ranges.remove_prefix(std::min(one.size() + 1, ranges.size()));
  }
  return out + more + "</r:SequenceAcknowledgement>";
}

std::string PeerText::create(const std::string& offer, const std::string& more) const {
  const std::string address = "<a:Address>" + anonymous_ + "</a:Address>";
  std::string out = "<r:CreateSequence><r:AcksTo>" + address + "</r:AcksTo>";
  if (!offer.empty()) {
    out += "<r:Offer><r:Identifier>" + offer + "</r:Identifier>";
    out += is_1_1() ? "<r:Endpoint>" + address + "</r:Endpoint>" : "";
    out += "</r:Offer>";
  }
  return out + more + "</r:CreateSequence>";
}

std::string PeerText::created(const std::string& identifier, const std::string& accept) const {
  std::string out = "<r:CreateSequenceResponse><r:Identifier>" + identifier + "</r:Identifier>";
  if (!accept.empty()) {
    out += "<r:Accept><r:AcksTo><a:Address>" + (accept == "none" ? none_ : accept) +
           "</a:Address></r:AcksTo></r:Accept>";
  }
  return out + "</r:CreateSequenceResponse>";
}

std::string PeerText::lifecycle(const std::string& name,
                                const std::string& identifier,
                                const std::string& more) const {
  return "<r:" + name + "><r:Identifier>" + identifier + "</r:Identifier>" + more + "</r:" + name +
         ">";
}

std::string PeerText::fault(const std::string& ns,
                            const std::string& subcode,
                            const std::string& detail) const {
  const std::string soap = prefixes_of(stack_).soap;
  const auto element = [&](const std::string& name, const std::string& content,
                           const std::string& attributes = "") {
    return "<" + soap + ":" + name + attributes + ">" + content + "</" + soap + ":" + name + ">";
  };
  return element("Fault",
                 element("Code", element("Value", soap + ":Sender") +
                                     element("Subcode", element("Value", "f:" + subcode,
                                                                " xmlns:f=\"" + ns + "\""))) +
                     element("Reason", element("Text", "as it is said there", " xml:lang=\"en\"")) +
                     (detail.empty() ? "" : element("Detail", detail)));
}

std::string PeerText::content_type() const {
  return profile_.soap == engine::SoapVersion::soap_1_1 ? "text/xml; charset=utf-8"
                                                        : "application/soap+xml; charset=utf-8";
}

std::string between(std::string_view text, std::string_view begin, std::string_view end) {
  const std::size_t at = text.find(begin);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::size_t from = at + begin.size();
  return std::string(text.substr(from, text.find(end, from) - from));
}

}  // namespace parley::test
