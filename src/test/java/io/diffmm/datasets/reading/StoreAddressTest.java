package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import io.diffmm.datasets.reading.DatasetSource.Split;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {

    private static final Map<String, String> ENVIRONMENT =
            Map.of(StoreAddress.USER_VARIABLE, "server", StoreAddress.PASSWORD_VARIABLE, "hush");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:h2:file:/data/a;USER=me;PASSWORD=hush;CIPHER=AES | jdbc:h2:file:/data/a",
                "jdbc:h2:mem:a                                         | jdbc:h2:mem:a",
                "jdbc:h2:file:///data/a@b                              | jdbc:h2:file:///data/a@b",
                "jdbc:postgresql://db:5432/shop?user=me&password=hush  | jdbc:postgresql://db:5432/shop",
                "jdbc:postgresql:shop?sslpassword=hush                 | jdbc:postgresql:shop",
            })
    void text_hasNeitherSettingsNorSecrets(String url, String shown) {
        assertThat(StoreAddress.of(url.strip(), Map.of())).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jdbc:mysql://me:hush@db/a?password=hush", "jdbc:h3:a;PASSWORD=hush", "jdbc:", "jdbc:duckdb:a"})
    void otherDatabases_areRefusedWithoutTheirSecrets(String url) {
        assertThatThrownBy(() -> StoreAddress.of(url, ENVIRONMENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(url.substring(0, 5))
                .hasMessageContaining("begins with jdbc:h2: or jdbc:postgresql:")
                .hasMessageNotContaining("hush");
    }

    @Test
    void userInFrontOfTheHost_isRefusedWithoutThePassword() {
        assertThatThrownBy(() -> StoreAddress.of("jdbc:postgresql://me:hush@db/shop", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("jdbc:postgresql://db/shop has a user in front of the host")
                .hasMessageNotContaining("hush");
    }

    @Test
    void passwordThatIsNotEncoded_isNotShown() {
        assertThatThrownBy(() -> StoreAddress.of("jdbc:postgresql://db/shop?password=hush%hush", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "jdbc:postgresql://db/shop has a percent sign that is not part of an escape sequence in user or password")
                .hasMessageNotContaining("hush");
    }

    @Test
    void h2_hasTheSettingsOfTheServer_unlessTheUrlOverridesThem() {
        assertThat(StoreAddress.of("jdbc:h2:file:/data/a;user=me;AUTO_SERVER=FALSE;PASSWORD=x\\;y", Map.of())
                        .driverUrl())
                .isEqualTo(
                        "jdbc:h2:file:/data/a;AUTO_SERVER=FALSE;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;IFEXISTS=TRUE");
        assertThat(StoreAddress.of("jdbc:h2:~/a;mode=REGULAR", Map.of()).driverUrl())
                .isEqualTo(
                        "jdbc:h2:~/a;mode=REGULAR;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;IFEXISTS=TRUE;AUTO_SERVER=TRUE");
        assertThat(StoreAddress.of("jdbc:h2:mem:a", Map.of()).driverUrl()).doesNotContain("AUTO_SERVER");
        assertThat(StoreAddress.of("jdbc:h2:tcp://db/a", Map.of()).driverUrl()).doesNotContain("AUTO_SERVER");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:h2:mem:a;USER=me;PASSWORD=x\\;y=z               | me     | x;y=z",
                "jdbc:h2:mem:a;user=me                                | me     | hush",
                "jdbc:h2:mem:a                                        | server | hush",
                "jdbc:postgresql://db/a?password=a%26b%2Bc&user=me    | me     | a&b+c",
                "jdbc:postgresql://db/a?ssl=true                      | server | hush",
            })
    void credentials_comeFromTheUrl_thenFromTheEnvironment(String url, String user, String password) {
        StoreAddress address = StoreAddress.of(url.strip(), ENVIRONMENT);

        assertThat(address.credential("user")).contains(user);
        assertThat(address.credential("password")).contains(password);
        assertThat(address.driverUrl()).doesNotContainIgnoringCase("password").doesNotContain("user");
    }

    @Test
    void postgresql_hasATimeout() {
        assertThat(StoreAddress.of("jdbc:postgresql://db/a?socketTimeout=5", Map.of())
                        .driverUrl())
                .isEqualTo("jdbc:postgresql://db/a?socketTimeout=5&tcpKeepAlive=true");
        assertThat(StoreAddress.of("jdbc:postgresql://db/a", Map.of()).driverUrl())
                .isEqualTo("jdbc:postgresql://db/a?socketTimeout=600&tcpKeepAlive=true");
    }

    @Test
    void credentials_missing_areDefaultsOfH2_orLeftToTheDriver() {
        StoreAddress h2 = StoreAddress.of("jdbc:h2:mem:a", Map.of(StoreAddress.USER_VARIABLE, ""));
        StoreAddress postgresql = StoreAddress.of("jdbc:postgresql://db/a", Map.of());

        assertThat(h2.credential("user")).contains("sa");
        assertThat(h2.credential("password")).contains("");
        assertThat(postgresql.credential("user")).isEmpty();
        assertThat(postgresql.credential("password")).isEmpty();
    }

    @Test
    void missingH2File_isRefused_notCreated() {
        Path file = directory.resolve("typo");
        StoreAddress address = StoreAddress.of("jdbc:h2:file:" + file, Map.of());

        assertRefused(address, "jdbc:h2:file:" + file + ": there is no such database; correct the URL");
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://127.0.0.1:%d/shop?password=hush", "jdbc:h2:tcp://127.0.0.1:%d/shop"})
    void unreachableDatabase_isNamed(String url) throws IOException {
        StoreAddress address = StoreAddress.of(url.formatted(freePort()), ENVIRONMENT);

        assertRefused(address, address + ": cannot be reached: ");
    }

    @Test
    void urlRefusedByTheDriver_isRefusedWithoutItsSettings() {
        StoreAddress address = StoreAddress.of("jdbc:h2:relative;SECRET=hush", ENVIRONMENT);

        assertRefused(address, "jdbc:h2:relative: cannot be read: ");
    }

    private static void assertRefused(StoreAddress address, String message) {
        var source =
                new DatasetSource.Live(LiveInteractions.allOf(address), Optional.empty(), new Split.LeaveLastOut());
        assertThatThrownBy(() -> DatasetReader.read(source))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("hush")
                .hasMessageNotContaining("\n");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
