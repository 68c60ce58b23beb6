import exchange.generated.Exchange;
import exchange.generated.ExchangeService;
import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.Holder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import org.apache.wss4j.common.ext.WSPasswordCallback;

/**
 * Calls the exchange service through the classes that were generated from its description. How to speak is in the
 * policy there and nowhere here; what a policy cannot tell is keys, and which version of reliable messaging CXF uses.
 */
public final class CallExchange {
    private static final String PASSWORD = "parley";

    private CallExchange() {
    }

    public static void main(String[] args) throws Exception {
        Exchange port = new ExchangeService(URI.create(args[0]).toURL()).getExchangePort();
        configure(((BindingProvider) port).getRequestContext());
        Holder<String> text = new Holder<>("over & out");
        port.echo(text);
        require(text.value.equals("over & out"), "the echo came back as " + text.value);
        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        for (long number = 1; number <= 3; number++) {
            port.note("generated", number, "note " + number);
            // CXF loses the order of messages that are under way together.
            awaitCount(port, number);
            expected.update((number + ":note " + number + "\n").getBytes(StandardCharsets.UTF_8));
        }
        Holder<String> digest = awaitCount(port, 3);
        require(digest.value.equals(HexFormat.of().formatHex(expected.digest())), "the digest differs");
        System.out.println("answered");
        System.exit(0); // CXF's threads would keep the process
    }

    private static Holder<String> awaitCount(Exchange port, long wanted) throws InterruptedException {
        Holder<Long> count = new Holder<>();
        Holder<String> digest = new Holder<>();
        for (int i = 0; i < 50; i++) {
            port.total("generated", count, digest);
            if (count.value >= wanted) {
                break;
            }
            Thread.sleep(100);
        }
        require(count.value == wanted, "the service counted " + count.value + " of " + wanted);
        return digest;
    }

    private static void configure(Map<String, Object> context) {
        CallbackHandler passwords = CallExchange::password;
        context.put("security.callback-handler.sct", passwords);
        context.put("security.signature.properties.sct", crypto("client"));
        context.put("security.signature.username.sct", "client");
        context.put("security.encryption.properties.sct", crypto("server"));
        context.put("security.encryption.username.sct", "server");
        context.put("org.apache.cxf.ws.rm.namespace", "http://docs.oasis-open.org/ws-rx/wsrm/200702");
        context.put("org.apache.cxf.ws.rm.wsa-namespace", "http://www.w3.org/2005/08/addressing");
    }

    private static void password(Callback[] callbacks) {
        for (Callback callback : callbacks) {
            ((WSPasswordCallback) callback).setPassword(PASSWORD);
        }
    }

    private static Properties crypto(String who) {
        Path keys = Path.of(System.getenv("PEER_KEYS"));
        Properties p = new Properties();
        p.put("org.apache.wss4j.crypto.provider", "org.apache.wss4j.common.crypto.Merlin");
        p.put("org.apache.wss4j.crypto.merlin.keystore.type", "pkcs12");
        p.put("org.apache.wss4j.crypto.merlin.keystore.password", PASSWORD);
        p.put("org.apache.wss4j.crypto.merlin.keystore.alias", who);
        p.put("org.apache.wss4j.crypto.merlin.keystore.file", keys.resolve(who + ".p12").toString());
        p.put("org.apache.wss4j.crypto.merlin.truststore.type", "pkcs12");
        p.put("org.apache.wss4j.crypto.merlin.truststore.password", PASSWORD);
        p.put("org.apache.wss4j.crypto.merlin.truststore.file", keys.resolve("trust.p12").toString());
        return p;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            System.err.println(otherwise);
            System.exit(1);
        }
    }
}
