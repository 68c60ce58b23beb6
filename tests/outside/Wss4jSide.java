import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.bsp.BSPRule;
import org.apache.wss4j.common.crypto.Crypto;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.common.derivedKey.ConversationConstants;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.apache.wss4j.common.saml.SAMLCallback;
import org.apache.wss4j.common.saml.SamlAssertionWrapper;
import org.apache.wss4j.common.saml.bean.AttributeBean;
import org.apache.wss4j.common.saml.bean.AttributeStatementBean;
import org.apache.wss4j.common.saml.bean.ConditionsBean;
import org.apache.wss4j.common.saml.bean.SubjectBean;
import org.apache.wss4j.common.saml.bean.Version;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.engine.WSSConfig;
import org.apache.wss4j.dom.engine.WSSecurityEngine;
import org.apache.wss4j.dom.engine.WSSecurityEngineResult;
import org.apache.wss4j.dom.handler.RequestData;
import org.apache.wss4j.dom.handler.WSHandlerResult;
import org.apache.wss4j.dom.message.WSSecDKEncrypt;
import org.apache.wss4j.dom.message.WSSecDKSign;
import org.apache.wss4j.dom.message.WSSecHeader;
import org.apache.wss4j.dom.message.WSSecSecurityContextToken;
import org.apache.wss4j.dom.message.WSSecTimestamp;
import org.apache.wss4j.dom.message.WSSecUsernameToken;
import org.apache.wss4j.dom.validate.SamlAssertionValidator;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * WSS4J at the other side of a folder. Each NAME.properties says what lies beside it: NAME.xml is a protected message
 * that is verified and decrypted here; where there is a NAME.plain.xml, it is protected here in the same suite, as
 * NAME.wss4j.xml, for the other side to open. Prints a line for each that fails and "opened N, written N, failed N".
 */
public final class Wss4jSide {
  private static final int YEARS = 20 * 365 * 24 * 3600; // the messages have a fixed time

  private final Path folder;
  private final Crypto server;
  private int opened;
  private int written;
  private int failed;

  private Wss4jSide(Path folder, Path keys) throws Exception {
    this.folder = folder;
    this.server = cryptoOf(keys, "server");
  }

  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    WSSConfig.init();
    Wss4jSide side = new Wss4jSide(Path.of(arguments[0]), Path.of(arguments[1]));
    List<Path> jobs;
    try (Stream<Path> files = Files.list(side.folder)) {
      jobs = files.filter(file -> file.toString().endsWith(".properties")).sorted().toList();
    }
    for (Path job : jobs) {
      side.run(job);
    }
    System.out.println("opened " + side.opened + ", written " + side.written + ", failed " + side.failed);
    System.exit(side.failed == 0 ? 0 : 1);
  }

  private void run(Path file) throws Exception {
    Properties job = new Properties();
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      job.load(in);
    }
    String name = file.getFileName().toString().replace(".properties", "");
    try {
      open(read(folder.resolve(name + ".xml")), job);
      ++opened;
      Path plain = folder.resolve(name + ".plain.xml");
      if (Files.exists(plain)) {
        Document document = read(plain);
        protect(document, job);
        write(document, folder.resolve(name + ".wss4j.xml"));
        ++written;
      }
    } catch (Exception problem) {
      ++failed;
      System.out.println(job.getProperty("what") + ": " + problem);
    }
  }

  private void open(Document document, Properties job) throws Exception {
    RequestData data = new RequestData();
    data.setSigVerCrypto(server);
    data.setDecCrypto(server);
    data.setAllowRSA15KeyTransportAlgorithm(true);
    // Every rule of the Basic Security Profile holds, but for the one that knows no key of 192 bits.
    data.setIgnoredBSPRules(List.of(BSPRule.R5620));
    data.setTimeStampStrict(false);
    data.setTimeStampTTL(YEARS);
    data.setTimeStampFutureTTL(YEARS);
    data.setUtTTL(YEARS);
    data.setUtFutureTTL(YEARS);
    data.setCallbackHandler(secrets(job));
    SamlAssertionValidator assertions = new SamlAssertionValidator();
    assertions.setFutureTTL(YEARS);
    WSSConfig config = WSSConfig.getNewInstance();
    config.setValidator(WSConstants.SAML_TOKEN, assertions);
    config.setValidator(WSConstants.SAML2_TOKEN, assertions);
    data.setWssConfig(config);
    WSHandlerResult result = new WSSecurityEngine().processSecurityHeader(document, data);
    int signed = 0;
    int signatures = 0;
    int users = 0;
    int assertion = 0;
    for (WSSecurityEngineResult one : result.getResults()) {
      int action = (Integer) one.get(WSSecurityEngineResult.TAG_ACTION);
      if (action == WSConstants.SIGN) {
        List<?> refs = (List<?>) one.get(WSSecurityEngineResult.TAG_DATA_REF_URIS);
        signed = Math.max(signed, refs == null ? 0 : refs.size());
        ++signatures;
      }
      users += action == WSConstants.UT ? 1 : 0;
      assertion += action == WSConstants.ST_SIGNED ? 1 : 0;
    }
    String found = signatures + " " + users + " " + assertion;
    if (job.containsKey("tokens") && !found.equals(job.getProperty("tokens"))) {
      throw new IllegalStateException("signatures, users and assertions are " + found);
    }
    int wanted = Integer.parseInt(job.getProperty("signed"));
    if (signed != wanted) {
      throw new IllegalStateException(signed + " parts are signed instead of " + wanted);
    }
    String content = bodyOf(document).getTextContent();
    if (!content.contains(job.getProperty("content"))) {
      throw new IllegalStateException("the body says something else");
    }
  }

  /** What the message is protected with, by its name. */
  private static CallbackHandler secrets(Properties job) {
    return callbacks -> {
      for (Callback callback : callbacks) {
        WSPasswordCallback asked = (WSPasswordCallback) callback;
        switch (asked.getUsage()) {
          case WSPasswordCallback.SECURITY_CONTEXT_TOKEN ->
              asked.setKey(Base64.getDecoder().decode(job.getProperty("secret")));
          case WSPasswordCallback.USERNAME_TOKEN -> asked.setPassword("wonderland");
          default -> asked.setPassword("");
        }
      }
    };
  }

  private void protect(Document document, Properties job) throws Exception {
    boolean is2005 = job.getProperty("family").equals("2005/02");
    int version = is2005 ? ConversationConstants.VERSION_05_02 : ConversationConstants.VERSION_05_12;
    byte[] secret = Base64.getDecoder().decode(job.getProperty("secret"));
    WSSecHeader header = new WSSecHeader(document);
    header.insertSecurityHeader();
    WSSecTimestamp timestamp = new WSSecTimestamp(header);
    timestamp.build();
    WSSecSecurityContextToken context = new WSSecSecurityContextToken(header, null);
    context.setWscVersion(version);
    context.setIdentifier(job.getProperty("identifier"));
    context.prepare(null);
    context.prependSCTElementToHeader();
    List<WSEncryptionPart> hidden = new ArrayList<>();
    List<WSEncryptionPart> tokens = tokens(header, job, hidden);
    String valueType = is2005 ? WSConstants.WSC_SCT : WSConstants.WSC_SCT_05_12;

    WSSecDKSign signature = new WSSecDKSign(header);
    signature.setTokenIdentifier(context.getSctId());
    signature.setCustomValueType(valueType);
    signature.setWscVersion(version);
    signature.setSignatureAlgorithm(job.getProperty("mac"));
    signature.setDigestAlgorithm(job.getProperty("digest"));
    signature.setDerivedKeyLength(Integer.parseInt(job.getProperty("signature.length")));
    signature.getParts().addAll(parts(document));
    signature.getParts().addAll(tokens);
    signature.build(secret);

    WSSecDKEncrypt encryption = new WSSecDKEncrypt(header);
    encryption.setTokenIdentifier(context.getSctId());
    encryption.setCustomValueType(valueType);
    encryption.setWscVersion(version);
    encryption.setSymmetricEncAlgorithm(job.getProperty("cipher"));
    encryption.setDerivedKeyLength(Integer.parseInt(job.getProperty("encryption.length")));
    Element body = bodyOf(document);
    for (String part : job.getProperty("hidden").split(" ")) {
      String[] words = part.split("\\|");
      encryption.getParts().add(part.equals("Body")
          ? new WSEncryptionPart(body.getLocalName(), body.getNamespaceURI(), "Content")
          : new WSEncryptionPart(words[2], words[1], words[0]));
    }
    encryption.getParts().addAll(hidden);
    encryption.build(secret);
    // WSS4J prepends what it writes, and the context stands first.
    Element security = header.getSecurityHeaderElement();
    security.insertBefore(context.getSct().getElement(), security.getFirstChild());
  }

  /** Writes the tokens that go along, all of them to be signed; puts those that are to be encrypted, too, into `hidden`. */
  private List<WSEncryptionPart> tokens(WSSecHeader header, Properties job, List<WSEncryptionPart> hidden) throws Exception {
    List<WSEncryptionPart> parts = new ArrayList<>();
    if (job.containsKey("user")) {
      WSSecUsernameToken user = new WSSecUsernameToken(header);
      user.setPasswordType(WSConstants.PASSWORD_TEXT);
      user.setUserInfo("alice", "wonderland");
      user.build();
      WSEncryptionPart part = new WSEncryptionPart(user.getId(), "Element");
      part.setElement(user.getUsernameTokenElement());
      parts.add(part);
      hidden.add(part);
    }
    if (job.containsKey("saml")) {
      SamlAssertionWrapper assertion = assertion(job.getProperty("saml"));
      Element written = assertion.toDOM(header.getSecurityHeaderElement().getOwnerDocument());
      Element security = header.getSecurityHeaderElement();
      security.insertBefore(written, security.getFirstChild());
      WSEncryptionPart part = new WSEncryptionPart(assertion.getId(), "Element");
      part.setElement(written);
      parts.add(part);
      if (job.containsKey("saml.hidden")) {
        hidden.add(part);
      }
    }
    return parts;
  }

  private SamlAssertionWrapper assertion(String version) throws Exception {
    boolean is1 = version.equals("1.1");
    SAMLCallback callback = new SAMLCallback();
    callback.setSamlVersion(is1 ? Version.SAML_11 : Version.SAML_20);
    callback.setIssuer("https://sts.example");
    SubjectBean subject = new SubjectBean("alice", null, "urn:oasis:names:tc:SAML:" + (is1 ? "1.0" : "2.0") + ":cm:bearer");
    callback.setSubject(subject);
    AttributeBean attribute = new AttributeBean();
    attribute.setSimpleName("role");
    attribute.setQualifiedName(is1 ? "urn:claims" : "urn:role");
    attribute.setAttributeValues(List.of("clerk"));
    AttributeStatementBean statement = new AttributeStatementBean();
    statement.setSubject(subject);
    statement.setSamlAttributes(List.of(attribute));
    callback.setAttributeStatementData(List.of(statement));
    ConditionsBean conditions = new ConditionsBean();
    conditions.setTokenPeriodMinutes(20);
    callback.setConditions(conditions);
    SamlAssertionWrapper assertion = new SamlAssertionWrapper(callback);
    assertion.signAssertion("server", "", server, false);
    return assertion;
  }

  /** Every header, the Timestamp and the Body. */
  private static List<WSEncryptionPart> parts(Document document) {
    List<WSEncryptionPart> parts = new ArrayList<>();
    parts.add(new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "Element"));
    Element body = bodyOf(document);
    parts.add(new WSEncryptionPart(body.getLocalName(), body.getNamespaceURI(), "Element"));
    for (Node block = body.getPreviousSibling().getFirstChild(); block != null; block = block.getNextSibling()) {
      if (!block.getLocalName().equals("Security")) {
        parts.add(new WSEncryptionPart(block.getLocalName(), block.getNamespaceURI(), "Element"));
      }
    }
    return parts;
  }

  private static Element bodyOf(Document document) {
    return (Element) document.getDocumentElement().getLastChild();
  }

  private static Document read(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  private static void write(Document document, Path file) throws Exception {
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      TransformerFactory.newInstance().newTransformer().transform(new DOMSource(document), new StreamResult(out));
    }
  }

  private static Crypto cryptoOf(Path keys, String name) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    Certificate own = certificate(factory, keys.resolve(name + ".pem"));
    Certificate authority = certificate(factory, keys.resolve("ca.pem"));
    String pem = Files.readString(keys.resolve(name + ".key")).replaceAll("-----[A-Z ]+-----|\\s", "");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(name,
        KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))),
        new char[0], new Certificate[] {own, authority});
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("ca", authority);
    Merlin merlin = new Merlin();
    merlin.setKeyStore(store);
    merlin.setTrustStore(trust);
    return merlin;
  }

  private static Certificate certificate(CertificateFactory factory, Path file) throws Exception {
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      return factory.generateCertificate(in);
    }
  }
}
