#include <catch2/catch.hpp>

#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"

using namespace parley;
using namespace parley::xml;

namespace {

Result<Document> parse(std::string_view text, const Limits& limits = {}) {
  return Document::parse(to_bytes(text), limits);
}

ErrorCode error_of(std::string_view text, const Limits& limits = {}) {
  const auto document = parse(text, limits);
  return document ? ErrorCode::internal_failure : document.error().code();
}

std::string canonical(const Element& apex, C14nOptions options = {}) {
  Bytes out;
  REQUIRE(canonicalize(apex, options, out));
  return std::string(as_text(out));
}

std::string nested(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) {
    text += "<e>";
  }
  for (std::size_t i = 0; i < depth; ++i) {
    text += "</e>";
  }
  return text;
}

}  // namespace

TEST_CASE("the gate admits what XML 1.0 with namespaces allows") {
  for (const char* text : {
           "<a/>", "\xef\xbb\xbf<a/>", "<?xml version=\"1.0\"?><a/>",
           "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<a></a >\n<!-- c -->",
           "<a b = '1' c=\"'\"/>", "<a>&amp;&#65;&#x1F600;<![CDATA[<>&]]]]><?p ?><!----></a>",
           "<p:a xmlns:p='urn:p' p:b='1' b='2'/>", "<a xmlns='urn:a'><b xmlns=''/></a>", "<\xc3\xa9/>",
           "<a>]] > ]></a>", "<a xml:lang='en'/>"}) {
    INFO(text);
    CHECK(parse(text).has_value());
  }
}

TEST_CASE("the gate reads names of every length, whatever they are read with") {
  for (std::size_t size = 1; size < 40; ++size) {
    const std::string name(size, 'n');
    const std::string wide = name + "\xc3\xa9" + name;
    for (const std::string& local : {name, "_" + name, name + ".-9", wide}) {
      for (const std::string& prefix : {name, wide}) {
        const std::string text = "<" + prefix + ":" + local + " xmlns:" + prefix + "='urn:p' " + prefix + ":" +
                                 local + "='v'></" + prefix + ":" + local + ">";
        INFO(text);
        const auto document = parse(text);
        REQUIRE(document);
        CHECK(document->root().prefix() == prefix);
        CHECK(document->root().is("urn:p", local));
        CHECK(document->root().attribute("urn:p", local) == "v");
      }
      for (const std::string& wrong : {"-" + local, local + ":", ":" + local, local + ":9", local + "::a",
                                       local + ":" + local + ":a", local + "/", local + "\xc3\x97"}) {
        const std::string text = "<" + wrong + " xmlns:" + local + "='urn:p'/>";
        INFO(text);
        CHECK(error_of(text) == ErrorCode::malformed_xml);
      }
    }
  }
}

TEST_CASE("prefixes that begin alike are told apart") {
  for (std::size_t size = 1; size < 20; ++size) {
    const std::string one(size, 'p');
    const std::string other = one + "p";
    const auto document =
        parse("<" + one + ":a xmlns:" + one + "='urn:1' xmlns:" + other + "='urn:2'><" + other + ":b/></" + one + ":a>");
    REQUIRE(document);
    CHECK(document->root().is("urn:1", "a"));
    CHECK(document->root().first_child().is("urn:2", "b"));
    CHECK(error_of("<a xmlns:" + other + "='urn:1' xmlns:" + other + "='urn:2'/>") == ErrorCode::malformed_xml);
    CHECK(error_of("<" + other + ":a xmlns:" + one + "='urn:1'/>") == ErrorCode::malformed_xml);
  }
}

TEST_CASE("the gate refuses what many parsers let pass") {
  for (const char* text : {
           "", " ", "text", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>text", "<a/>&amp;", "<a b='1' b='2'/>",
           "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>", "<p:a/>", "<a p:b='1'/>",
           "<a xmlns:p=''/>", "<a xmlns:xml='urn:x'/>", "<a xmlns:xmlns='urn:x'/>", "<xmlns:a/>",
           "<a xmlns='http://www.w3.org/2000/xmlns/'/>", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
           "<a:b:c xmlns:a='urn:a'/>", "<:a/>", "<a:/>", "<a b='<'/>", "<a b=1/>", "<a b/>", "<a b='1'c='2'/>",
           "<a>]]></a>", "<a>&unknown;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&amp</a>",
           "<a><!-- -- --></a>", "<a><![CDATA[</a>", "<a><?xml version='1.0'?></a>", "<a><?p</a>",
           " <?xml version='1.0'?><a/>", "<?xml version='1.1'?><a/>", "<?xml encoding='utf-8'?><a/>", "<1a/>", "< a/>",
           "<a/ >", "<a", "<a b='", "<", "<a>&#x;</a>", "<a xmlns:p='urn:p' xmlns:p='urn:q'/>", "<a xmlns='u' xmlns='v'/>",
           "<a><b></a></b>", "<![CDATA[x]]><a/>", "<a xmlns:='urn:x'/>", "<a :b='1'/>", "<a b:='1'/>",
           "<a xmlns:p='urn:p' p:1='1'/>", "<a xmlns:p='urn:p'><p:-b/></a>", "<abc></ab>", "<ab></abc>"}) {
    INFO(text);
    CHECK(error_of(text) == ErrorCode::malformed_xml);
  }
  CHECK(error_of("<!DOCTYPE a><a/>") == ErrorCode::forbidden_doctype);
  for (const char* text : {"<a>\xff</a>", "<a>\xc0\x80</a>", "<a>\xed\xa0\x80</a>", "<a>\x01</a>", "<a>\xef\xbf\xbf</a>",
                           "<?xml version='1.0' encoding='utf-16'?><a/>", "<a>\xf5\x80\x80\x80</a>", "<a>\xe2\x82</a>"}) {
    INFO(text);
    CHECK(error_of(text) == ErrorCode::malformed_encoding);
  }
  CHECK(error_of(std::string_view("<\0a\0/\0>\0", 8)) == ErrorCode::malformed_encoding);
}

TEST_CASE("a repeated attribute is seen among few and among many") {
  for (int count = 1; count < 40; ++count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
      all += " p:a" + std::to_string(i) + "='' a" + std::to_string(i) + "=''";
    }
    const std::string open = "<r xmlns:p='urn:x' xmlns:q='urn:x' xmlns:o='urn:o'";
    INFO(all);
    CHECK(parse(open + all + " o:a0=''/>"));
    CHECK(error_of(open + all + " a0=''/>") == ErrorCode::malformed_xml);
    CHECK(error_of(open + " q:a0=''" + all + "/>") == ErrorCode::malformed_xml);
  }
}

TEST_CASE("every limit of the gate holds at its value and not one past it (M97)") {
  Limits limits;
  CHECK(parse(nested(limits.xml_depth_max)));
  CHECK(error_of(nested(limits.xml_depth_max + 1)) == ErrorCode::limit_exceeded);
  auto attributes = [](std::size_t n) {
    std::string text = "<a";
    for (std::size_t i = 0; i < n; ++i) {
      text += (i % 2 == 0 ? " b" : " xmlns:n") + std::to_string(i) + "='urn:1'";
    }
    return text + "/>";
  };
  CHECK(parse(attributes(limits.xml_attributes_max)));
  CHECK(error_of(attributes(limits.xml_attributes_max + 1)) == ErrorCode::limit_exceeded);
  CHECK(parse("<" + std::string(limits.xml_name_bytes_max, 'n') + "/>"));
  CHECK(error_of("<" + std::string(limits.xml_name_bytes_max + 1, 'n') + "/>") == ErrorCode::limit_exceeded);
  CHECK(parse("<a b='" + std::string(limits.xml_attribute_bytes_max, 'v') + "'/>"));
  CHECK(error_of("<a b='" + std::string(limits.xml_attribute_bytes_max + 1, 'v') + "'/>") == ErrorCode::limit_exceeded);
  limits.xml_elements_max = 3;
  CHECK(parse("<a><b/><c/></a>", limits));
  CHECK(error_of("<a><b/><c/><d/></a>", limits) == ErrorCode::limit_exceeded);
  limits.envelope_bytes_max = 7;
  CHECK(parse("<a></a>", limits));
  CHECK(error_of("<a> </a>", limits) == ErrorCode::limit_exceeded);
}

TEST_CASE("namespace declarations in scope are bounded, wherever they stand (M97)") {
  Limits limits;
  limits.xml_attributes_max = 4;
  const std::string three = "<a xmlns='urn:1' xmlns:b='urn:2' xmlns:c='urn:3'>";
  const auto admits = [&](const std::string& text) {
    return xml::Document::parse(to_bytes(text), limits).has_value();
  };
  CHECK(admits(three + "<d xmlns:e='urn:4'/></a>"));
  CHECK(error_of(three + "<d xmlns:e='urn:4'><f xmlns:b='urn:5'/></d></a>", limits) ==
        ErrorCode::limit_exceeded);
  CHECK(admits(three + "<d xmlns:e='urn:4'/><d xmlns:e='urn:4'/></a>"));
}

TEST_CASE("what is beyond a limit inside a Security header fails like any other flaw there (M58)") {
  const Limits limits;
  const std::string wsse =
      "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
  const auto wrapped = [&](const std::string& ns, std::uint64_t levels) {
    return "<h><w:Security xmlns:w='" + ns + "'>" + nested(levels) + "</w:Security></h>";
  };
  CHECK(parse(wrapped(wsse, limits.xml_depth_max - 2)));
  CHECK(error_of(wrapped(wsse, limits.xml_depth_max - 1)) == ErrorCode::security_header_invalid);
  CHECK(error_of(wrapped("urn:other", limits.xml_depth_max - 1)) == ErrorCode::limit_exceeded);
}

TEST_CASE("a document is walked by names, attributes and text") {
  const auto d = parse("<r xmlns='urn:d' xmlns:p='urn:p' p:k='a&#10;b&lt;'>x<c/>&amp;<![CDATA[<y>]]><!--no--><p:c>t</p:c>\r\nz</r>");
  REQUIRE(d);
  const Element root = d->root();
  CHECK(root.is("urn:d", "r"));
  CHECK(root.attribute("urn:p", "k") == "a\nb<");
  CHECK_FALSE(root.attribute("", "k"));
  CHECK(root.text() == "x&<y>\nz");
  CHECK(root.child("urn:p", "c").text() == "t");
  CHECK(root.child("urn:d", "c").parent() == root);
  CHECK_FALSE(root.child("urn:d", "c").next_sibling().next_sibling());
  CHECK(root.namespace_of("p") == "urn:p");
  CHECK(root.namespace_of("") == "urn:d");
  CHECK_FALSE(root.namespace_of("q"));
}

TEST_CASE("ids are those of message security alone, and duplicates are seen (M8, M9)") {
  constexpr const char* kWsu = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
  const std::string open = std::string("<r xmlns:u='") + kWsu + "' xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>";
  const auto d = parse(open + "<a u:Id='one'/><ds:b Id='two'/><c Id='three'/><e xml:id='four' id='five'/></r>");
  REQUIRE(d);
  CHECK(d->by_id("one").local_name() == "a");
  CHECK(d->by_id("two").local_name() == "b");
  CHECK_FALSE(d->by_id("three"));
  CHECK_FALSE(d->by_id("four"));
  CHECK_FALSE(d->has_duplicate_ids());
  const auto twice = parse(open + "<a u:Id='one'/><ds:b Id='o&#110;e'/></r>");
  REQUIRE(twice);
  CHECK(twice->has_duplicate_ids());
  CHECK_FALSE(twice->by_id("one"));
}

TEST_CASE("plaintext takes the place of what was encrypted, in its parent's namespaces (M50)") {
  auto d = parse("<s:b xmlns:s='urn:s' xmlns:p='urn:p'>before<enc/>after<last/></s:b>");
  REQUIRE(d);
  const Element encrypted = d->root().first_child();
  CHECK_FALSE(d->replace(encrypted, to_bytes("<p:x/><p:y/>"), false));
  CHECK_FALSE(d->replace(encrypted, to_bytes("<q:x/>"), true));
  CHECK_FALSE(d->replace(encrypted, to_bytes("</s:b><s:b>"), true));
  CHECK_FALSE(d->replace(encrypted, to_bytes("<!DOCTYPE a>"), true));
  CHECK(d->root().first_child().local_name() == "enc");
  REQUIRE(d->replace(encrypted, to_bytes("<p:x>1</p:x>mid<p:y xmlns:p='urn:q'/>"), true));
  std::vector<std::string> names;
  for (const Element& child : d->root().children()) {
    names.emplace_back(child.local_name());
    CHECK(child.parent() == d->root());
  }
  CHECK(names == std::vector<std::string>{"x", "y", "last"});
  CHECK(d->root().text() == "beforemidafter");
  CHECK(canonical(d->root()) ==
        "<s:b xmlns:s=\"urn:s\">before<p:x xmlns:p=\"urn:p\">1</p:x>mid<p:y xmlns:p=\"urn:q\"></p:y>after<last></last></s:b>");
  CHECK(as_text(self_contained(d->root().first_child())) == "<p:x xmlns:p=\"urn:p\" xmlns:s=\"urn:s\">1</p:x>");
  CHECK(as_text(self_contained(d->root())) ==
        "<s:b xmlns:s='urn:s' xmlns:p='urn:p'>before<p:x>1</p:x>mid<p:y xmlns:p='urn:q'/>after<last/></s:b>");
  CHECK(d->root().source().empty());
}

TEST_CASE("nothing at all may take the place of what was encrypted, and counts towards the limit") {
  Limits limits;
  limits.envelope_bytes_max = 30;
  auto d = parse("<b><enc/><c/></b>", limits);
  REQUIRE(d);
  CHECK(d->replace(d->root().first_child(), to_bytes("12345678901234"), true).error().code() == ErrorCode::limit_exceeded);
  REQUIRE(d->replace(d->root().first_child(), {}, true));
  CHECK(d->root().first_child().local_name() == "c");
}

TEST_CASE("where the gate says that bytes are canonical, the long way agrees") {
  // Each element by itself: taken as it stands or not, the octets are those of the general algorithm,
  // which a PrefixList that names nothing forces.
  for (const char* text : {
           "<a xmlns=\"urn:a\"><b></b></a>", "<a xmlns=\"urn:a\"><b xmlns=\"urn:a\"></b></a>",
           "<p:a xmlns:p=\"urn:p\"><p:b></p:b><q:c xmlns:q=\"urn:q\" q:k=\"1\"></q:c></p:a>",
           "<p:a xmlns:p=\"urn:p\" xmlns:q=\"urn:q\"><q:b></q:b></p:a>", "<a k=\"2\" j=\"1\"></a>", "<a j=\"1\" k=\"2\"></a>",
           "<a>x&gt;y</a>", "<a>x>y</a>", "<a k=\"&#10;\"></a>", "<a k='1'></a>", "<a  k=\"1\"></a>", "<a ></a>", "<a></a >",
           "<p:a xmlns:p=\"urn:p\"><p:b xmlns:p=\"urn:q\"><p:c xmlns:p=\"urn:p\"></p:c></p:b></p:a>",
           "<a xmlns=\"urn:a\"><b xmlns=\"\"><c></c></b></a>", "<a><b/></a>", "<a k=\"1\" xmlns=\"urn:a\"></a>",
           "<p:a xmlns:q=\"urn:q\" xmlns:p=\"urn:p\" q:k=\"\"></p:a>", "<a>&amp;&lt;&#xD;</a>", "<a>&#x41;</a>", "<a>\r\n</a>"}) {
    INFO(text);
    const auto d = parse(text);
    REQUIRE(d);
    for (NodeIndex i = 0; i < d->size(); ++i) {
      C14nOptions general;
      general.prefix_list = {"no-such-prefix"};
      CHECK(canonical(d->at(i)) == canonical(d->at(i), general));
      CHECK((!is_canonical(d->at(i)) || canonical(d->at(i)) == d->at(i).source()));
    }
  }
  CHECK(is_canonical(parse("<p:a xmlns:p=\"urn:p\"><p:b>t</p:b></p:a>")->root()));
}

TEST_CASE("an apex carries what a PrefixList names, and a relative namespace is an error (M78, M82)") {
  const auto d = parse("<r xmlns='urn:d' xmlns:s='urn:s'><e><f/></e></r>");
  C14nOptions options;
  options.prefix_list = {"s", "absent"};
  CHECK(canonical(d->root().first_child(), options) == "<e xmlns=\"urn:d\" xmlns:s=\"urn:s\"><f></f></e>");
  Bytes out;
  CHECK(canonicalize(parse("<a xmlns='relative'/>")->root(), {}, out).error().code() == ErrorCode::malformed_xml);
}

TEST_CASE("the first form of STR-Transform puts the default namespace on the apex (M44)") {
  C14nOptions options;
  options.default_namespace_on_apex = true;
  CHECK(canonical(parse("<p:a xmlns:p='urn:p'/>")->root(), options) == "<p:a xmlns=\"\" xmlns:p=\"urn:p\"></p:a>");
  CHECK(canonical(parse("<r xmlns='urn:d'><p:a xmlns:p='urn:p'/></r>")->root().first_child(), options) ==
        "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\"></p:a>");
}

TEST_CASE("names and ids of every length are told apart wherever they differ") {
  constexpr std::string_view kWsu =
      "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
  for (std::size_t size = 1; size < 40; ++size) {
    const std::string one(size, 'n');
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = one;
      other[at] = 'm';
      const std::string text = "<r " + one + "='1' " + other + "='2' xmlns:u='" +
                               std::string(kWsu) + "'><a u:Id='" + one + "'/><b u:Id='" + other +
                               "'/></r>";
      INFO(text);
      const auto document = parse(text);
      REQUIRE(document);
      CHECK(document->root().attribute("", one) == "1");
      CHECK(document->root().attribute("", other) == "2");
      CHECK(document->by_id(other).local_name() == "b");
      CHECK_FALSE(document->has_duplicate_ids());
      CHECK_FALSE(parse("<" + one + "></" + other + ">"));
    }
    CHECK_FALSE(parse("<r " + one + "='1' " + one + "='2'/>"));
  }
}

TEST_CASE("duplicate ids are seen among few and among many (M9)") {
  for (std::size_t count = 2; count < 40; ++count) {
    std::string text =
        "<r xmlns:u='http://docs.oasis-open.org/wss/2004/01/"
        "oasis-200401-wss-wssecurity-utility-1.0.xsd'>";
    for (std::size_t i = 0; i < count; ++i) {
      text += "<a u:Id='id-" + std::to_string(100 + i) + "'/>";
    }
    CHECK_FALSE(parse(text + "</r>")->has_duplicate_ids());
    CHECK(parse(text + "<b u:Id='id-100'/></r>")->has_duplicate_ids());
  }
}

TEST_CASE("values without their references stay where they are when a document moves") {
  auto first = parse("<r xmlns='urn:&#x64;' a='&lt;1' b='2&#x26;'/>");
  REQUIRE(first);
  const std::string_view value = *first->root().attribute("", "a");
  const Document second = std::move(first).value();
  CHECK(value == "<1");
  CHECK(second.root().attribute("", "b") == "2&");
  CHECK(second.root().is("urn:d", "r"));
}

TEST_CASE("a document can use the room of another, and knows nothing of it") {
  auto first = parse("<r xmlns='urn:d'><a b='&lt;'/><a/></r>");
  REQUIRE(first);
  const auto second = Document::parse(to_bytes("<s><t c='v'/></s>"), Limits{}, first->take_room());
  REQUIRE(second);
  CHECK(second->size() == 2);
  CHECK(second->root().is("", "s"));
  CHECK(second->root().first_child().attribute("", "c") == "v");
  CHECK_FALSE(second->root().first_child().attribute("", "b"));
}

TEST_CASE("a listed prefix is not declared again below, as Canonical XML has it (M41)") {
  C14nOptions options;
  options.prefix_list = {"p", "#default"};
  const auto prefixed = parse(
      "<r xmlns:p=\"urn:p\"><a><c><p:b xmlns:p=\"urn:p\"></p:b></c>"
      "<p:b xmlns:p=\"urn:q\"></p:b></a></r>");
  CHECK(canonical(prefixed->root().first_child(), options) ==
        "<a xmlns:p=\"urn:p\"><c><p:b></p:b></c><p:b xmlns:p=\"urn:q\"></p:b></a>");
  const auto plain =
      parse("<r xmlns=\"urn:d\"><p:a xmlns:p=\"urn:p\"><b xmlns=\"urn:d\"></b></p:a></r>");
  CHECK(canonical(plain->root().first_child(), options) ==
        "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\"><b></b></p:a>");
}

TEST_CASE("the declaration of xml is never in a canonical form") {
  const auto document =
      parse("<a xmlns:xml=\"http://www.w3.org/XML/1998/namespace\" xml:lang=\"en\">t</a>");
  REQUIRE(document);
  CHECK(canonical(document->root()) == "<a xml:lang=\"en\">t</a>");
}

TEST_CASE("a canonical form is the same in one piece and in many") {
  const std::string body(3000, 'b');
  for (const std::string& text :
       {"<a><b>" + body + "</b></a>", "<a ><b>" + body + "</b>" + body + "<c/>&amp;" + body + "</a >"}) {
    const auto document = parse(text);
    REQUIRE(document);
    Bytes scratch;
    std::string pieces;
    REQUIRE(canonicalize(document->root(), {}, scratch, [&](ByteView piece) { pieces += as_text(piece); }));
    CHECK(pieces == canonical(document->root()));
  }
}
