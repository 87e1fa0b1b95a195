package io.diffmm.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.webjars.WebJarVersionLocator;

/// What every page has in common: its template, its style and its scripts, from the jar.
final class PageResource {

    private PageResource() {}

    /// A file of ours.
    static String own(String name) {
        return read("report/" + name);
    }

    /// The library that draws the charts, without the reference to its map, which a browser would look for.
    static String chartLibrary() {
        String path = Optional.ofNullable(new WebJarVersionLocator().fullPath("chart.js", "dist/chart.umd.min.js"))
                .orElseThrow(() -> new IllegalStateException("the chart library is missing from the program"));
        String script = read(path).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
        if (script.contains("</script")) {
            throw new IllegalStateException("the chart library cannot stand within a page");
        }
        return script;
    }

    private static String read(String path) {
        try (InputStream in = PageResource.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("%s is missing from the program".formatted(path));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
