package io.diffmm;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/// The application class: `serve`, `train`, `evaluate` and `generate` start here.
@SpringBootApplication
public class DiffMmServer {

    public static void main(String[] args) {
        org.springframework.boot.SpringApplication.run(DiffMmServer.class, args);
    }
}
