package io.diffmm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// POST request over a plain socket, whose body can be shorter than announced or rejected before its end. `HttpClient`
/// supports neither.
record PlainPost(int port, String path, String type) {

    /// Sends the body until its end or until the server closes the connection.
    ///
    /// @param length header for the length of the body, `Content-Length` or `Transfer-Encoding`
    /// @return response with status line and headers
    String send(String length, List<byte[]> body) throws IOException, InterruptedException {
        try (var socket = new Socket("localhost", port)) {
            Thread sending = Thread.startVirtualThread(() -> write(socket, length, body));
            var answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketException _) {
                // the server closed the connection after its response
            }
            sending.join();
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    private void write(Socket socket, String length, List<byte[]> body) {
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n%s\r\n\r\n".formatted(path, type, length);
        try {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            for (byte[] part : body) {
                socket.getOutputStream().write(part);
            }
            socket.shutdownOutput();
        } catch (IOException _) {
            // the server closed the connection
        }
    }
}
