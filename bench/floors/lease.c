// The floor of the row "lease_tx": the transaction that creates a VM, by hand: prepared statements on libsqlite3 itself.
// Its database is one that Viper.State made: same schema, same indexes, same pool, same settings of the connection.
// "bare" is the same five statements on two tables without further columns and indexes, to compare with figures of others.
// It reads commands from standard input, one a line ("lease COUNT", "bare COUNT" or "release 0"), and answers each with the
// nanoseconds that it took. The few declarations are those of sqlite3.h, so that the library of the distribution is enough.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define OK 0
#define ROW 100
#define DONE 101
#define OPEN_READWRITE 2
#define OPEN_CREATE 4
#define PREPARE_PERSISTENT 1
#define TRANSIENT ((void (*)(void *))-1)

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef long long int64;
extern int sqlite3_open_v2(const char *, sqlite3 **, int, const char *);
extern int sqlite3_exec(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *, char **);
extern int sqlite3_prepare_v3(sqlite3 *, const char *, int, unsigned, sqlite3_stmt **, const char **);
extern int sqlite3_bind_int64(sqlite3_stmt *, int, int64);
extern int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, void (*)(void *));
extern int sqlite3_bind_null(sqlite3_stmt *, int);
extern int sqlite3_step(sqlite3_stmt *);
extern int sqlite3_reset(sqlite3_stmt *);
extern int64 sqlite3_column_int64(sqlite3_stmt *, int);
extern const char *sqlite3_errmsg(sqlite3 *);

static sqlite3 *db;
static sqlite3_stmt *begin, *lowest, *insert, *update, *commit;
static sqlite3_stmt *statements[5];

static void fail(const char *what) { fprintf(stderr, "floor: %s: %s\n", what, sqlite3_errmsg(db)); exit(1); }

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void run(const char *sql) { if (sqlite3_exec(db, sql, NULL, NULL, NULL) != OK) fail(sql); }

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v3(db, sql, -1, PREPARE_PERSISTENT, &s, NULL) != OK) fail(sql);
    return s;
}

static void finish(sqlite3_stmt *s, const char *what) {
    if (sqlite3_step(s) != DONE) fail(what);
    sqlite3_reset(s);
}

static void text(sqlite3_stmt *s, int at, const char *value) { sqlite3_bind_text(s, at, value, strlen(value), TRANSIENT); }

// "vm_" and 26 characters, like the ids of Viper.State.
static void make_id(char *id) {
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    struct timespec t;
    unsigned char random[10];
    clock_gettime(CLOCK_REALTIME, &t);
    if (getrandom(random, sizeof random, 0) != sizeof random) exit(1);
    unsigned __int128 value = (unsigned __int128)(t.tv_sec * 1000LL + t.tv_nsec / 1000000) << 80;
    for (int i = 0; i < 10; i++) value |= (unsigned __int128)random[i] << (8 * i);
    memcpy(id, "vm_", 3);
    for (int i = 28; i >= 3; i--, value >>= 5) id[i] = alphabet[(int)value & 31];
    id[29] = 0;
}

static void lease(int serial) {
    char id[32], name[32], address[INET_ADDRSTRLEN];
    struct timespec t;
    finish(begin, "begin");
    if (sqlite3_step(lowest) != ROW) fail("lowest free");
    int64 number = sqlite3_column_int64(lowest, 0), epoch = sqlite3_column_int64(lowest, 1);
    sqlite3_reset(lowest);
    clock_gettime(CLOCK_REALTIME, &t);
    int64 ms = t.tv_sec * 1000LL + t.tv_nsec / 1000000;
    uint32_t wire = htonl((uint32_t)number);
    inet_ntop(AF_INET, &wire, address, sizeof address);
    snprintf(name, sizeof name, "v%d", serial);
    make_id(id);
    text(insert, 1, id);
    text(insert, 2, name);
    text(insert, 3, "creating");
    text(insert, 4, "lease_ip");
    sqlite3_bind_null(insert, 5);
    sqlite3_bind_int64(insert, 6, 2);
    sqlite3_bind_int64(insert, 7, 1024);
    text(insert, 8, "browser");
    text(insert, 9, "");
    text(insert, 10, "{}");
    text(insert, 11, "{}");
    text(insert, 12, address);
    text(insert, 13, "02:00:00:00:00:01");
    for (int i = 14; i <= 18; i++) sqlite3_bind_null(insert, i);
    sqlite3_bind_int64(insert, 19, 1);
    sqlite3_bind_int64(insert, 20, ms);
    sqlite3_bind_null(insert, 21);
    sqlite3_bind_null(insert, 22);
    sqlite3_bind_int64(insert, 23, ms);
    finish(insert, "insert");
    text(update, 1, id);
    sqlite3_bind_null(update, 2);
    sqlite3_bind_int64(update, 3, ms);
    sqlite3_bind_int64(update, 4, epoch + 1);
    sqlite3_bind_int64(update, 5, number);
    finish(update, "update");
    finish(commit, "commit");
}

static void open_bare(const char *path) {
    if (sqlite3_open_v2(path, &db, OPEN_READWRITE | OPEN_CREATE, NULL) != OK) fail("open");
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE pool (ip INTEGER PRIMARY KEY, vm TEXT, epoch INTEGER NOT NULL DEFAULT 0);"
        "CREATE INDEX free ON pool (ip) WHERE vm IS NULL;"
        "CREATE TABLE vms (id INTEGER PRIMARY KEY, name TEXT, ip INTEGER);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 65534) INSERT INTO pool (ip) SELECT i FROM n");
    const char *texts[] = { "BEGIN IMMEDIATE", "SELECT ip FROM pool WHERE vm IS NULL ORDER BY ip LIMIT 1",
        "UPDATE pool SET vm = ?, epoch = epoch + 1 WHERE ip = ?", "INSERT INTO vms (name, ip) VALUES (?, ?)", "COMMIT" };
    for (int i = 0; i < 5; i++) statements[i] = prepare(texts[i]);
}

static void lease_bare(int serial) {
    char name[32];
    snprintf(name, sizeof name, "v%d", serial);
    finish(statements[0], "begin");
    if (sqlite3_step(statements[1]) != ROW) fail("lowest free");
    int64 ip = sqlite3_column_int64(statements[1], 0);
    sqlite3_reset(statements[1]);
    for (int i = 2; i < 4; i++) {
        text(statements[i], 1, name);
        sqlite3_bind_int64(statements[i], 2, ip);
        finish(statements[i], "change");
    }
    finish(statements[4], "commit");
}

static void open_full(const char *path) {
    if (sqlite3_open_v2(path, &db, OPEN_READWRITE, NULL) != OK) fail("open");
    run("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216");
    begin = prepare("BEGIN IMMEDIATE");
    lowest = prepare("SELECT ip_number, epoch FROM ip_allocations WHERE status = 'free' AND reserved_for IS NULL ORDER BY ip_number LIMIT 1");
    insert = prepare("INSERT INTO vms (id, name, status, phase, status_reason, cpu_cores, memory_mb, image, kernel_cmdline, labels, spec, "
        "ip_address, mac_address, pid, pid_start_time, boot_id, hypervisor, tap_name, revision, created_at, started_at, ready_at, updated_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    update = prepare("UPDATE ip_allocations SET status = 'leased', vm_id = ?, owner = ?, leased_at = ?, epoch = ? WHERE ip_number = ?");
    commit = prepare("COMMIT");
}

int main(int count, char **arguments) {
    char line[256], what[16];
    if (count != 3 || (strcmp(arguments[1], "full") && strcmp(arguments[1], "bare"))) {
        fprintf(stderr, "floor: full DATABASE | bare NEW-DATABASE\n");
        return 2;
    }
    if (!strcmp(arguments[1], "full")) open_full(arguments[2]); else open_bare(arguments[2]);
    while (fgets(line, sizeof line, stdin)) {
        int n = 0;
        sscanf(line, "%15s %d", what, &n);
        long long start = now();
        if (!strcmp(what, "lease"))
            for (int i = 0; i < n; i++) lease(i);
        else if (!strcmp(what, "bare"))
            for (int i = 0; i < n; i++) lease_bare(i);
        else if (!strcmp(what, "release"))
            run("BEGIN IMMEDIATE; UPDATE ip_allocations SET status = 'free', vm_id = NULL, owner = NULL, leased_at = NULL WHERE status = 'leased';"
                "DELETE FROM vms; COMMIT");
        else fail(what);
        printf("%lld\n", now() - start);
        fflush(stdout);
    }
    return 0;
}
