package io.diffmm.benchmark;

import static java.util.Objects.requireNonNull;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.MethodEntryEvent;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.MethodEntryRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Counts the classes of the program that one request enters, by the method entries of a server that runs with a
/// debugger's port, and prints the walk of the request: the first entry of each class, and the thread that made it.
///
/// A nested class counts as a separate class; a hidden class, such as that of a lambda or of a switch over types,
/// counts as the class that contains it. The walk is in the order in which the server reports its entries.
///
/// Usage: `java EnteredClasses.java DEBUG_PORT HTTP_PORT WARM_UP_PATH PATH`. Needs only the JDK.
public final class EnteredClasses {

    private static final String CLASSES = "io.diffmm.*";
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final Map<String, String> firstEntries = new LinkedHashMap<>();
    private final Map<Long, String> threads = new LinkedHashMap<>();

    /// One permit per reported entry; the request has ended when no permit arrives for [#QUIET].
    private final Semaphore entries = new Semaphore(0);

    private EnteredClasses() {}

    public static void main(String[] arguments) throws Exception {
        VirtualMachine server = attach(arguments[0]);
        String base = "http://127.0.0.1:" + arguments[1];
        request(base + arguments[2]);
        new EnteredClasses().trace(server, base + arguments[3]);
        server.dispose();
    }

    private static VirtualMachine attach(String port) throws IOException, IllegalConnectorArgumentsException {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(candidate -> candidate.name().equals("com.sun.jdi.SocketAttach"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> settings = connector.defaultArguments();
        requireNonNull(settings.get("hostname")).setValue("127.0.0.1");
        requireNonNull(settings.get("port")).setValue(port);
        return connector.attach(settings);
    }

    private static void request(String address) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            int status = client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.discarding())
                    .statusCode();
            if (status != 200) {
                throw new IOException("%s answered %d".formatted(address, status));
            }
        }
    }

    private void trace(VirtualMachine server, String address) throws IOException, InterruptedException {
        Thread.ofPlatform().daemon().start(() -> receive(server));
        MethodEntryRequest all = server.eventRequestManager().createMethodEntryRequest();
        all.addClassFilter(CLASSES);
        all.setSuspendPolicy(EventRequest.SUSPEND_NONE);
        all.enable();
        request(address);
        while (entries.tryAcquire(QUIET.toMillis(), TimeUnit.MILLISECONDS)) {
            entries.drainPermits();
        }
        all.disable();
        print();
    }

    private void receive(VirtualMachine server) {
        try {
            while (true) {
                EventSet events = server.eventQueue().remove();
                for (Event event : events) {
                    if (event instanceof MethodEntryEvent entry) {
                        note(entry);
                    }
                }
                events.resume();
            }
        } catch (InterruptedException | VMDisconnectedException _) {
            // The trace has ended.
        }
    }

    private synchronized void note(MethodEntryEvent entry) {
        String name = entry.method().declaringType().name();
        int hidden = name.indexOf("$$");
        String host = hidden < 0 ? name : name.substring(0, hidden);
        String thread = threads.computeIfAbsent(entry.thread().uniqueID(), _ -> describe(entry.thread()));
        firstEntries.putIfAbsent(
                host, "%s.%s  [%s]".formatted(host, entry.method().name(), thread));
        entries.release();
    }

    private String describe(ThreadReference thread) {
        String kind = thread.isVirtual() ? "virtual" : "platform";
        return "thread %d, %s %s"
                .formatted(threads.size() + 1, kind, thread.name())
                .strip();
    }

    private synchronized void print() {
        firstEntries.values().forEach(System.out::println);
        long topLevel = firstEntries.keySet().stream()
                .map(name -> name.split("\\$", 2)[0])
                .distinct()
                .count();
        System.out.printf("threads: %d%n", threads.size());
        System.out.printf("top-level types: %d%n", topLevel);
        System.out.printf("types, nested ones counted: %d%n", firstEntries.size());
    }
}
