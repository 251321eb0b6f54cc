package org.example.tasks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs tasks when their time has come.
 *
 * <p>Not a thread pool: {@link #tick()} is called by whoever owns the clock.
 */
public final class Scheduler implements AutoCloseable {

    private static final int CAPACITY = 1024;

    private final Clock clock;
    private final PriorityQueue<Entry> queue = new PriorityQueue<>(Comparator.comparing(Entry::due));
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    private Consumer<Throwable> onError = error -> {};
    private boolean closed;

    public Scheduler(Clock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    public record Entry(String name, Instant due, Runnable action, Duration period) {

        public Entry {
            if (name.isBlank()) {
                throw new IllegalArgumentException("a task needs a name");
            }
        }

        boolean repeats() {
            return period != null && !period.isZero();
        }

        Entry next() {
            return new Entry(name, due.plus(period), action, period);
        }
    }

    /** What has become of a task. */
    public enum State {
        WAITING("waiting"),
        FAILED("failed"),
        UNKNOWN("unknown");

        private final String label;

        State(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    public synchronized void once(String name, Duration delay, Runnable action) {
        add(new Entry(name, clock.instant().plus(delay), action, null));
    }

    public synchronized void every(String name, Duration period, Runnable action) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("period must be positive: " + period);
        }
        add(new Entry(name, clock.instant().plus(period), action, period));
    }

    private void add(Entry entry) {
        if (closed) {
            throw new IllegalStateException("the scheduler is closed");
        }
        if (queue.size() >= CAPACITY) {
            throw new IllegalStateException("too many tasks: " + queue.size());
        }
        queue.add(entry);
    }

    /** Runs what is due and returns how many tasks that were. */
    public synchronized int tick() {
        int ran = 0;
        Instant now = clock.instant();
        List<Entry> again = new ArrayList<>();
        while (!queue.isEmpty() && !queue.peek().due().isAfter(now)) {
            Entry entry = queue.poll();
            try {
                entry.action().run();
                failures.remove(entry.name());
            } catch (RuntimeException error) {
                failures.merge(entry.name(), 1, Integer::sum);
                onError.accept(error);
            } finally {
                ran++;
            }
            if (entry.repeats()) {
                again.add(entry.next());
            }
        }
        queue.addAll(again);
        return ran;
    }

    public State state(String name) {
        if (failures.getOrDefault(name, 0) > 0) {
            return State.FAILED;
        }
        boolean waiting = queue.stream().anyMatch(entry -> entry.name().equals(name));
        return waiting ? State.WAITING : State.UNKNOWN;
    }

    public Optional<Duration> untilNext() {
        Entry first = queue.peek();
        if (first == null) {
            return Optional.empty();
        }
        Duration left = Duration.between(clock.instant(), first.due());
        return Optional.of(left.isNegative() ? Duration.ZERO : left);
    }

    public String report() {
        return queue.stream()
                .sorted(Comparator.comparing(Entry::due).thenComparing(Entry::name))
                .map(entry -> String.format("%s at %s", entry.name(), entry.due()))
                .collect(Collectors.joining("\n"));
    }

    public void onError(Consumer<Throwable> handler) {
        this.onError = handler;
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (Entry entry : queue) {
            System.err.println("dropped: " + entry.name());
        }
        queue.clear();
    }
}
