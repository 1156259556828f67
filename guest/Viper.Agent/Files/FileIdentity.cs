using Viper.Agent.Interop;

namespace Viper.Agent.Files;

/// <summary>
/// Makes the calling thread the guest's user for all that concerns files (setfsuid(2)), until disposed: what the user may not, a
/// caller may not, and what is made is the user's. Nothing may be awaited within.
/// </summary>
internal readonly ref struct FileIdentity
{
    private readonly uint? _user;

    private FileIdentity(uint? user) => _user = user;

    internal static FileIdentity Take(uint? user)
    {
        if (user is { } id)
        {
            // Neither reports an error; asking for what cannot be tells what is.
            Libc.syscall(Libc.SYS_setfsgid, (nint)id, 0, 0, 0, 0);
            Libc.syscall(Libc.SYS_setfsuid, (nint)id, 0, 0, 0, 0);
            if (Libc.syscall(Libc.SYS_setfsuid, -1, 0, 0, 0, 0) != (nint)id || Libc.syscall(Libc.SYS_setfsgid, -1, 0, 0, 0, 0) != (nint)id)
            {
                Restore();
                throw new SystemCallException($"setfsuid {id}", Libc.EPERM);
            }
        }

        return new FileIdentity(user);
    }

    public void Dispose()
    {
        if (_user is not null)
        {
            Restore();
        }
    }

    private static void Restore()
    {
        Libc.syscall(Libc.SYS_setfsuid, 0, 0, 0, 0, 0);
        Libc.syscall(Libc.SYS_setfsgid, 0, 0, 0, 0, 0);
    }
}
