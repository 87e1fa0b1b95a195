package io.diffmm.benchmark;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One connection to the server under load: sends a request, reads the whole answer, says its status. Opens
/// itself anew when the server ends it after an answer.
///
/// Knows as much of HTTP/1.1 as the server needs, and so leaves it more of the processor than a real client
/// would.
final class LoadConnection implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final int port;
    private Socket socket;
    private InputStream in;
    private boolean last;

    LoadConnection(int port) throws IOException {
        this.port = port;
        this.socket = open(port);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    private static Socket open(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /// Asks for `path` and returns the status of the answer.
    int get(String path) throws IOException {
        if (last) {
            reopen();
        }
        String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        skipBody();
        return status;
    }

    private void reopen() throws IOException {
        socket.close();
        socket = open(port);
        in = new BufferedInputStream(socket.getInputStream());
        last = false;
    }

    private void skipBody() throws IOException {
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String[] parts = header.toLowerCase(Locale.ROOT).split(": *", 2);
            switch (parts[0]) {
                case "content-length" -> length = Integer.parseInt(parts[1]);
                case "transfer-encoding" -> chunked = true;
                case "connection" -> last = parts[1].equals("close");
                default -> {}
            }
        }
        if (chunked) {
            skipChunks();
        } else {
            in.skipNBytes(length);
        }
    }

    private void skipChunks() throws IOException {
        int size;
        do {
            size = Integer.parseInt(line(), 16);
            in.skipNBytes(size);
            line();
        } while (size > 0);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
