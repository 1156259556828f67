using System.Globalization;
using Viper.Agent.Interop;
using Viper.Contracts.Agent;

namespace Viper.Agent.Programs;

/// <summary>Where programs run and files lie, and whose they are.</summary>
internal sealed record WorkPlace
{
    /// <summary>Gets the folder of files, in which programs run; nothing outside it is read or written for a caller.</summary>
    internal required string Root { get; init; }

    /// <summary>Gets the user and group of programs and files; null keeps the agent's own, which root's never are.</summary>
    internal uint? UserId { get; init; }

    internal string UserName { get; init; } = "user";

    /// <summary>Gets the first of the groups that tell programs' families.</summary>
    internal uint FirstMark { get; init; } = ProgramFamily.GuestMarks;

    /// <summary>Finds the guest's: the home of its unprivileged user where the image names one.</summary>
    internal static WorkPlace OfGuest(string users = "/etc/passwd")
    {
        // name:password:UID:GID:GECOS:directory:shell  (passwd(5))
        foreach (var line in File.Exists(users) ? File.ReadLines(users) : [])
        {
            var fields = line.Split(':');
            if (fields.Length >= 6 && fields[2] == GuestPlaces.UserId.ToString(CultureInfo.InvariantCulture) && fields[5].StartsWith('/') && fields[5].Length > 1)
            {
                return new WorkPlace { Root = fields[5], UserId = GuestPlaces.UserId, UserName = fields[0] };
            }
        }

        return new WorkPlace { Root = GuestPlaces.Work, UserId = GuestPlaces.UserId };
    }

    /// <summary>Sees that the folder is there and its user's, and that nothing runs that an earlier agent has started.</summary>
    /// <exception cref="AgentStartException">The folder cannot be made.</exception>
    internal void Prepare()
    {
        if (UserId is null)
        {
            return;
        }

        if (ProgramFamily.HasUser(UserId.Value))
        {
            ProgramFamily.EndMarked(FirstMark);
        }

        if (Directory.Exists(Root))
        {
            return;
        }

        Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Libc.chown(Root, UserId.Value, UserId.Value) != 0)
        {
            throw new AgentStartException(SystemCallException.Last($"chown {Root}").Message);
        }
    }
}
