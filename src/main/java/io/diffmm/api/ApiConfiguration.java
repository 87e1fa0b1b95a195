package io.diffmm.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.buf.EncodedSolidusHandling;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// Spring MVC and Tomcat settings of the API.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ApiProperties.class)
class ApiConfiguration implements WebMvcConfigurer {

    /// Order before the handler mappings of the actuator, which would compare every request with each endpoint.
    private static final int BEFORE_ACTUATOR = -1000;

    /// Gives the controllers of the API precedence over all other handler mappings.
    @Bean
    static BeanPostProcessor controllersFirst() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (name.equals("requestMappingHandlerMapping")
                        && bean instanceof RequestMappingHandlerMapping controllers) {
                    controllers.setOrder(BEFORE_ACTUATOR);
                }
                return bean;
            }
        };
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addRedirectViewController("/", "/swagger-ui.html");
    }

    /// Configures Tomcat to accept ids with any character and to report its own errors as problem documents.
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE) // after Spring Boot's customizers, so that this valve reports first
    WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> problemsAndAnyId() {
        return factory -> {
            factory.addConnectorCustomizers(connector -> {
                connector.setEncodedSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
                connector.setEncodedReverseSolidusHandling(EncodedSolidusHandling.PASS_THROUGH.getValue());
            });
            factory.addContextCustomizers(
                    context -> context.getParent().getPipeline().addValve(new ProblemErrorReportValve()));
        };
    }

    /// Reports requests that Tomcat rejects before they reach the application, such as those with an illegal path, as
    /// problem documents.
    private static final class ProblemErrorReportValve extends ErrorReportValve {

        private static final String DETAIL = "The request is not valid HTTP, or its path is not properly encoded.";

        @Override
        protected void report(Request request, Response response, @Nullable Throwable thrown) {
            int code = response.getStatus();
            if (code < HttpStatus.BAD_REQUEST.value()
                    || response.getContentWritten() > 0
                    || !response.setErrorReported()) {
                return;
            }
            HttpStatus status = HttpStatus.resolve(code);
            String title = status == null ? "Error" : status.getReasonPhrase();
            String detail = status == HttpStatus.BAD_REQUEST ? DETAIL : title;
            String body = "{\"status\":%d,\"title\":\"%s\",\"detail\":\"%s\"}".formatted(code, title, detail);
            try {
                response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
                response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
                response.finishResponse();
            } catch (IOException | IllegalStateException e) {
                container.getLogger().debug("Client closed the connection before the error response was sent", e);
            }
        }
    }
}
