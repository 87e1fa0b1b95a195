package io.diffmm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A POST over a plain socket: its body may be shorter than announced, or refused before its end, which Java's client
/// takes amiss.
record PlainPost(int port, String path, String type) {

    /// Sends as much of a body as the server takes, and then nothing more.
    ///
    /// @param length the header that says how long the body is
    /// @return the answer with its head
    String send(String length, List<byte[]> body) throws IOException, InterruptedException {
        try (var socket = new Socket("localhost", port)) {
            Thread sending = Thread.startVirtualThread(() -> write(socket, length, body));
            var answer = new ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (SocketException _) {
                // The server does not wait for the rest; what came before is the answer.
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
            // The server has closed the connection.
        }
    }
}
