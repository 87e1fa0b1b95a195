package io.diffmm.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Connection to the server under load, with at most one request in flight. One thread sends, another one receives.
///
/// Implements only the part of HTTP/1.1 that the server uses, which takes less processor time than a real client.
final class LoadConnection implements AutoCloseable {

    private static final int LONGEST_ANSWER = 1 << 16;
    private static final String LENGTH = "content-length: ";
    private static final String CHUNKED = "transfer-encoding: chunked";
    private static final String LAST_CHUNK = "0\r\n\r\n";
    private static final String LAST_ANSWER = "connection: close";

    private final InetSocketAddress server;
    private final ByteBuffer answer = ByteBuffer.allocate(LONGEST_ANSWER);
    private SocketChannel channel;
    private boolean closing; // the server closes the connection after the current response
    private volatile long due;

    LoadConnection(int port) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        channel = connect();
    }

    private SocketChannel connect() throws IOException {
        SocketChannel connected = SocketChannel.open(server);
        connected.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return connected;
    }

    /// Registers the connection with a selector of responses, as the attachment of the key.
    void register(Selector selector) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /// Sends a GET request for `path`.
    ///
    /// @param dueTime scheduled time of the request
    void send(String path, long dueTime) throws IOException {
        due = dueTime;
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.wrap(request);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Returns the scheduled time of the request in flight.
    long due() {
        return due;
    }

    /// Reads the bytes that have arrived.
    ///
    /// @return the status of the answer, or 0 if it is not complete yet
    int receive(Selector selector) throws IOException {
        if (channel.read(answer) < 0) {
            throw new EOFException("the server closed the connection before its answer ended");
        }
        String text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        int head = text.indexOf("\r\n\r\n") + 4;
        if (head < 4 || !complete(text, head)) {
            return 0;
        }
        answer.clear();
        if (closing) {
            channel.close();
            channel = connect();
            register(selector);
        }
        return Integer.parseInt(text.substring(9, 12));
    }

    private boolean complete(String text, int head) {
        String headers = text.substring(0, head).toLowerCase(Locale.ROOT);
        closing = headers.contains(LAST_ANSWER);
        int length = headers.indexOf(LENGTH);
        if (length >= 0) {
            int from = length + LENGTH.length();
            return text.length() - head >= Integer.parseInt(headers.substring(from, headers.indexOf('\r', from)));
        }
        return headers.contains(CHUNKED) && text.endsWith(LAST_CHUNK);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
