"""Drives a program at a terminal of its own: argv[1] is {"steps": [[kind, value…]…], "argv": […]}; prints what was seen. `file` waits for one."""
import fcntl, json, os, re, select, signal, struct, sys, termios, time

job = json.loads(sys.argv[1])
master, slave = os.openpty()


def modes():
    got = termios.tcgetattr(slave)
    return [got[0], got[1], got[2], got[3]]


before = modes()
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.set_inheritable(3, True)
    os.execvp(job["argv"][0], job["argv"])

seen, mark, status = "", 0, None
deadline = time.time() + 20


def read(seconds):
    global seen
    if select.select([master], [], [], seconds)[0]:
        seen += os.read(master, 65536).decode("utf8", "replace")


def expect(pattern):
    global mark
    while time.time() < deadline:
        found = re.search(pattern, seen[mark:])
        if found:
            mark += found.end()
            return True
        read(0.2)
    return False


missed = None
for kind, *values in job["steps"]:
    if kind == "expect" and not expect(values[0]):
        missed = values[0]
        break
    # A shell tells of a job before it gives it the terminal: a key in between would be the shell's.
    while kind == "away" and os.tcgetpgrp(master) == pid and time.time() < deadline:
        read(0.01)
    while kind == "file" and not os.path.exists(values[0]) and time.time() < deadline:
        read(0.02)
    if kind == "send":
        os.write(master, values[0].encode())
    if kind == "resize":
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", values[0], values[1], 0, 0))
    if kind == "kill":
        os.kill(pid, getattr(signal, values[0]))
    if kind == "kill group":
        os.killpg(pid, getattr(signal, values[0]))

while status is None and time.time() < deadline:
    read(0.02)
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(code)
if status is None:
    os.kill(pid, signal.SIGKILL)
    missed = missed or "the end"
while modes() != before and time.time() < deadline:
    read(0.02)
read(0.05)
print(json.dumps({"seen": seen, "status": status, "missed": missed, "restored": modes() == before}))
