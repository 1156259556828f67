/* The agent: started, restarted with growing pauses when it dies, and everything that it leaves behind reaped. */
#include "viper-init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_FIRST_MS 100
#define PAUSE_LIMIT_MS 10000
#define STEADY_MS 30000
#define SHUTDOWN_LIMIT_MS 10000

static char *const s_environment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "TERM=linux", NULL,
};

struct supervision {
    pid_t agent;
    long started;     /* when the agent was last started */
    long pause;       /* how long to wait before the next start */
    long start_at;    /* when to start it, while agent is 0 */
    long give_up_at;  /* while shutting down: when to stop waiting for the agent; 0 otherwise */
};

static pid_t start(const sigset_t *inherited)
{
    pid_t child = fork();
    if (child != 0) {
        return child;
    }
    sigprocmask(SIG_SETMASK, inherited, NULL);
    setsid();
    int input = open("/dev/null", O_RDONLY);
    int console = open("/dev/console", O_WRONLY | O_NOCTTY);
    dup2(input, STDIN_FILENO);
    dup2(console, STDOUT_FILENO);
    dup2(console, STDERR_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    execve(AGENT_PATH, (char *const[]) { AGENT_PATH, NULL }, s_environment);
    report("%s cannot be started: %m", AGENT_PATH);
    _exit(127);
}

static void agent_ended(struct supervision *state, int status)
{
    state->agent = 0;
    /* Exit code 0 is the agent's word that everything is in order and the machine shall go down. */
    if (state->give_up_at != 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        power_off();
    }
    long now = boot_ms();
    if (now - state->started >= STEADY_MS) {
        state->pause = PAUSE_FIRST_MS;
    }
    state->start_at = now + state->pause;
    report("the agent ended (%s %d); it starts again in %ld ms", WIFSIGNALED(status) ? "signal" : "exit code",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), state->pause);
    state->pause = state->pause * 2 < PAUSE_LIMIT_MS ? state->pause * 2 : PAUSE_LIMIT_MS;
}

static void reap(struct supervision *state)
{
    int status;
    pid_t gone;
    while ((gone = waitpid(-1, &status, WNOHANG)) > 0) {
        if (gone == state->agent) {
            agent_ended(state, status);
        }
    }
}

/* Asks the agent to end in order; it gets SHUTDOWN_LIMIT_MS. */
static void begin_shutdown(struct supervision *state)
{
    if (state->agent <= 0) {
        power_off();
    }
    if (state->give_up_at == 0) {
        state->give_up_at = boot_ms() + SHUTDOWN_LIMIT_MS;
        kill(state->agent, SIGTERM);
    }
}

static void handle(struct supervision *state, int signal_number)
{
    switch (signal_number) {
    case SIGCHLD:
        reap(state);
        break;
    case SIGTERM: /* someone in the guest asks for the end */
    case SIGINT:  /* Ctrl-Alt-Del */
    case SIGPWR:
        begin_shutdown(state);
        break;
    case SIGUSR1: /* the agent is done with its own shutdown */
    case SIGUSR2:
        power_off();
    }
}

static long next_deadline(const struct supervision *state)
{
    return state->agent <= 0 ? state->start_at : state->give_up_at;
}

void agent_run(void)
{
    struct supervision state = { .pause = PAUSE_FIRST_MS };
    sigset_t awaited;
    sigset_t inherited;

    sigemptyset(&awaited);
    for (const int *number = (const int[]) { SIGCHLD, SIGTERM, SIGINT, SIGPWR, SIGUSR1, SIGUSR2, 0 }; *number != 0; number++) {
        sigaddset(&awaited, *number);
    }
    sigprocmask(SIG_BLOCK, &awaited, &inherited);
    for (;;) {
        long now = boot_ms();
        if (state.agent > 0 && state.give_up_at != 0 && now >= state.give_up_at) {
            report("the agent did not end within %d ms", SHUTDOWN_LIMIT_MS);
            power_off();
        }
        if (state.agent <= 0 && now >= state.start_at) {
            state.started = now;
            state.agent = start(&inherited);
            if (state.agent < 0) {
                report("the agent cannot be started: %m");
                state.start_at = now + PAUSE_LIMIT_MS;
            }
        }
        long deadline = next_deadline(&state);
        long left = deadline > now ? deadline - now : 0;
        struct timespec wait = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L };
        int number = deadline == 0 ? sigwaitinfo(&awaited, NULL) : sigtimedwait(&awaited, NULL, &wait);
        if (number > 0) {
            handle(&state, number);
        }
    }
}
