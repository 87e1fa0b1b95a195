package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteSpec;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Paths of Ingress and HTTPRoute: exactly those of the API, none of `/actuator`.
class RoutesTest {

    private static final String INGRESS =
            "ingress: {enabled: true, className: nginx, tls: [{secretName: a, hosts: [b]}]}";

    @Test
    void ingress_exposesTheApi() {
        assertThat(paths(Chart.with(INGRESS)).map(HTTPIngressPath::getPath).collect(Collectors.toSet()))
                .isEqualTo(api());
    }

    @Test
    void ingress_usesTheServiceAsBackend() {
        Rendering chart = Chart.with(INGRESS);

        assertThat(paths(chart)).allSatisfy(path -> {
            assertThat(path.getBackend().getService().getName()).isEqualTo(chart.name());
            assertThat(path.getBackend().getService().getPort().getName()).isEqualTo("http");
        });
        assertThat(chart.only(Ingress.class).getSpec().getIngressClassName()).isEqualTo("nginx");
        assertThat(chart.only(Ingress.class).getSpec().getTls())
                .singleElement()
                .satisfies(tls -> assertThat(tls.getSecretName()).isEqualTo("a"));
    }

    @Test
    void httpRoute_exposesTheApi() {
        HTTPRouteSpec route = Chart.of("gpu-values.yaml").only(HTTPRoute.class).getSpec();

        assertThat(route.getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getMatches().stream()
                            .map(match -> match.getPath().getValue())
                            .collect(Collectors.toSet()))
                    .isEqualTo(api());
            assertThat(rule.getBackendRefs()).singleElement().satisfies(backend -> {
                assertThat(backend.getName()).isEqualTo("films-recommender");
                assertThat(backend.getPort()).isEqualTo(8080);
            });
        });
        assertThat(route.getParentRefs())
                .singleElement()
                .satisfies(gateway -> assertThat(gateway.getNamespace()).isEqualTo("gateways"));
    }

    @Test
    void routes_areDisabledByDefault() {
        assertThat(Chart.with("").all(Ingress.class)).isEmpty();
        assertThat(Chart.with("").all(HTTPRoute.class)).isEmpty();
    }

    private static Stream<HTTPIngressPath> paths(Rendering chart) {
        return chart.only(Ingress.class).getSpec().getRules().stream()
                .flatMap(rule -> rule.getHttp().getPaths().stream());
    }

    /// Returns the first segments of all paths that API controllers map.
    private static Set<String> api() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
        return scanner.findCandidateComponents("io.diffmm.api").stream()
                .map(BeanDefinition::getBeanClassName)
                .map(name -> ClassUtils.resolveClassName(String.valueOf(name), null))
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .flatMap(method ->
                        Stream.ofNullable(AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class)))
                .flatMap(mapping -> Arrays.stream(mapping.path()))
                .filter(path -> path.startsWith("/"))
                .map(path -> "/" + List.of(path.split("/")).get(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
