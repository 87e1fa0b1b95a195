package io.diffmm.api;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// Limits of the API, and its front page.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ApiProperties.class)
class ApiConfiguration implements WebMvcConfigurer {

    /// Before those of the actuator, of which there are many, and which would be compared with every request.
    private static final int FIRST = -1000;

    /// Looks for a handler among the controllers of the API first.
    @Bean
    static BeanPostProcessor controllersFirst() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (name.equals("requestMappingHandlerMapping")
                        && bean instanceof RequestMappingHandlerMapping controllers) {
                    controllers.setOrder(FIRST);
                }
                return bean;
            }
        };
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addRedirectViewController("/", "/swagger-ui.html");
    }
}
