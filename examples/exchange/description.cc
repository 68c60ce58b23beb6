#include "description.h"

#include "exchange_body.h"

namespace exchange {
namespace {

constexpr std::string_view kSchema = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:parley:exchange" elementFormDefault="qualified">
<xs:element name="Echo"><xs:complexType><xs:sequence>
<xs:element name="text" type="xs:string"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="EchoResponse"><xs:complexType><xs:sequence>
<xs:element name="text" type="xs:string"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="Note"><xs:complexType><xs:sequence>
<xs:element name="sender" type="xs:string"/>
<xs:element name="number" type="xs:long"/>
<xs:element name="text" type="xs:string"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="Total"><xs:complexType><xs:sequence>
<xs:element name="sender" type="xs:string"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="TotalResponse"><xs:complexType><xs:sequence>
<xs:element name="count" type="xs:long"/>
<xs:element name="digest" type="xs:string"/>
</xs:sequence></xs:complexType></xs:element>
</xs:schema>)";

parley::OfferedMessage message(const std::string& name) {
  return {action_of(name), {std::string(kNamespace), name}};
}

}  // namespace

parley::Description description(const std::string& url) {
  parley::Description description;
  description.address = url;
  description.port = "ExchangePort";
  parley::OfferedService& service = description.service;
  service.target_namespace = kNamespace;
  service.name = "ExchangeService";
  service.port_type = "Exchange";
  service.operations = {{"Echo", message("Echo"), message("EchoResponse")},
                        {"Note", message("Note"), std::nullopt},
                        {"Total", message("Total"), message("TotalResponse")}};
  service.schemas = parley::to_bytes(kSchema);
  return description;
}

}  // namespace exchange
