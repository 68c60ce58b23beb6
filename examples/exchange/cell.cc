#include "cell.h"

namespace exchange {
namespace {

/// Of one field, another value.
Cell with(Cell cell, const char* id, std::string Cell::*member, const char* value) {
  cell.id = id;
  cell.*member = value;
  return cell;
}

Cell without_sequences(Cell cell, const char* id) {
  cell.id = id;
  cell.rm = cell.assurance = "none";
  cell.ordered = "false";
  return cell;
}

Cell of_user(const Cell& cell, const char* id) {
  return with(cell, id, &Cell::bootstrap, "username-cert");
}

Cell of_certificates(const Cell& cell, const char* id) {
  return with(cell, id, &Cell::binding, "asymmetric");
}

Cell over_tls(Cell cell, const char* id, const char* bootstrap) {
  cell.id = id;
  cell.bootstrap = bootstrap;
  cell.binding = cell.protect = "transport";
  cell.order = "none";
  cell.derived = "false";
  return cell;
}

Cell issued(const Cell& cell, const char* id) {
  return with(cell, id, &Cell::bootstrap, "issued");
}

Cell in_soap_1_1(const Cell& cell, const char* id) {
  return with(cell, id, &Cell::soap, "1.1");
}

}  // namespace

std::vector<Cell> own_cells() {
  const Cell plain{"rm11-s12", "1.2",  "1.0",  "1.1",   "ExactlyOnce", "true",  "none",     "none",
                   "none",     "none", "none", "false", "none",        "false", "anonymous"};
  const Cell both{"sc13-rm11-x509-s12",
                  "1.2",
                  "1.0",
                  "1.1",
                  "ExactlyOnce",
                  "true",
                  "1.3",
                  "x509",
                  "symmetric",
                  "sign+encrypt",
                  "sign-before-encrypt",
                  "false",
                  "Basic256",
                  "true",
                  "anonymous"};
  const Cell secured = without_sequences(both, "sc13-x509-s12");
  const Cell old_plain = with(plain, "rm10-wsa10-s12", &Cell::rm, "1.0");
  const Cell old_both =
      with(with(both, "", &Cell::rm, "1.0"), "sc05-rm10-x509-s12", &Cell::sc, "2005/02");
  const Cell old_secured = without_sequences(old_both, "sc05-x509-s12");
  const Cell old_addressed = with(old_plain, "rm10-wsa04-s12", &Cell::wsa, "2004/08");
  return {
      plain,
      with(plain, "rm11-s11", &Cell::soap, "1.1"),
      old_plain,
      with(old_plain, "rm10-wsa10-s11", &Cell::soap, "1.1"),
      old_addressed,
      with(old_addressed, "rm10-wsa04-s11", &Cell::soap, "1.1"),
      secured,
      with(secured, "sc13-x509-s11", &Cell::soap, "1.1"),
      both,
      with(both, "sc13-rm11-x509-s11", &Cell::soap, "1.1"),
      old_secured,
      with(old_secured, "sc05-x509-s11", &Cell::soap, "1.1"),
      old_both,
      with(old_both, "sc05-rm10-x509-s11", &Cell::soap, "1.1"),
      with(both, "sc13-rm11-sign-s12", &Cell::protect, "sign"),
      with(both, "sc13-rm11-basic128-s12", &Cell::suite, "Basic128"),
      with(both, "sc13-rm11-basic256sha256-s12", &Cell::suite, "Basic256Sha256"),
      with(both, "sc13-rm11-basic256gcm-s12", &Cell::suite, "Basic256GCM"),
      with(both, "sc13-rm11-encryptfirst-s12", &Cell::order, "encrypt-before-sign"),
      with(both, "sc13-rm11-encryptsignature-s12", &Cell::encrypt_signature, "true"),
      with(both, "sc13-rm11-underived-s12", &Cell::derived, "false"),
      with(both, "sc13-rm11-unordered-s12", &Cell::ordered, "false"),
      with(plain, "rm11-s12-addressable", &Cell::reply, "addressable"),
      with(with(plain, "", &Cell::soap, "1.1"), "rm11-s11-addressable", &Cell::reply, "addressable"),
      with(old_addressed, "rm10-wsa04-s12-addressable", &Cell::reply, "addressable"),
      with(with(old_addressed, "", &Cell::soap, "1.1"), "rm10-wsa04-s11-addressable", &Cell::reply,
           "addressable"),
      with(plain, "rm11-s12-addressable-replies", &Cell::reply,
           "addressable, acknowledgements anonymous"),
      with(plain, "rm11-s12-addressable-acks", &Cell::reply,
           "anonymous, acknowledgements addressable"),
      with(plain, "rm11-s12-polled", &Cell::reply, "polled"),
      with(plain, "rm11-s12-polled-replies", &Cell::reply, "polled, acknowledgements anonymous"),
      with(both, "sc13-rm11-x509-s12-addressable", &Cell::reply, "addressable"),
      with(both, "sc13-rm11-x509-s12-polled", &Cell::reply, "polled"),
      with(secured, "sc13-sign-s12", &Cell::protect, "sign"),
      with(secured, "sc13-basic128-s12", &Cell::suite, "Basic128"),
      with(secured, "sc13-basic256sha256-s12", &Cell::suite, "Basic256Sha256"),
      with(secured, "sc13-basic256rsa15-s12", &Cell::suite, "Basic256Rsa15"),
      with(secured, "sc13-encryptfirst-s12", &Cell::order, "encrypt-before-sign"),
      with(secured, "sc13-encryptsignature-s12", &Cell::encrypt_signature, "true"),
      with(secured, "sc13-underived-s12", &Cell::derived, "false"),
      of_certificates(both, "sc13-rm11-asymmetric-s12"),
      of_certificates(secured, "sc13-asymmetric-s12"),
      in_soap_1_1(of_certificates(secured, ""), "sc13-asymmetric-s11"),
      of_certificates(old_secured, "sc05-asymmetric-s12"),
      in_soap_1_1(of_certificates(old_secured, ""), "sc05-asymmetric-s11"),
      of_user(both, "sc13-rm11-username-s12"),
      in_soap_1_1(of_user(both, ""), "sc13-rm11-username-s11"),
      of_user(secured, "sc13-username-s12"),
      in_soap_1_1(of_user(secured, ""), "sc13-username-s11"),
      of_user(old_both, "sc05-rm10-username-s12"),
      in_soap_1_1(of_user(old_both, ""), "sc05-rm10-username-s11"),
      of_user(old_secured, "sc05-username-s12"),
      in_soap_1_1(of_user(old_secured, ""), "sc05-username-s11"),
      over_tls(both, "sc13-rm11-https-s12", "username-https"),
      over_tls(secured, "sc13-https-s12", "username-https"),
      over_tls(old_both, "sc05-rm10-https-s12", "username-https"),
      over_tls(old_secured, "sc05-https-s12", "username-https"),
      over_tls(both, "sc13-rm11-x509-https-s12", "x509-https"),
      over_tls(secured, "sc13-x509-https-s12", "x509-https"),
      issued(both, "sc13-rm11-issued-s12"),
      issued(secured, "sc13-issued-s12"),
      issued(old_both, "sc05-rm10-issued-s12"),
      over_tls(both, "sc13-rm11-issued-https-s12", "issued"),
  };
}

}  // namespace exchange
