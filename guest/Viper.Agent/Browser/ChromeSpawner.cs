using Viper.Agent.Interop;
using Viper.Agent.Programs;

namespace Viper.Agent.Browser;

/// <summary>Starts Chrome, after what an earlier one, or an earlier agent, has left of it is gone.</summary>
internal static class ChromeSpawner
{
    /// <summary>Starts the program with stdout and stderr on <paramref name="output"/>, and returns its id.</summary>
    /// <exception cref="SpawnException">It was not started.</exception>
    internal static int Spawn(ChromeCommand command, FileDescriptor output) => Spawner.Spawn(new SpawnRequest
    {
        Paths = [command.Path],
        Arguments = [command.Path, .. command.Arguments],
        Environment = command.Environment,
        WorkingDirectory = command.WorkingDirectory,
        UserId = command.UserId,
        Output = output,
        Error = output,
        Before = command is { OwnsUser: true, UserId: { } user } && ProgramFamily.HasUser(user) ? () => ProgramFamily.EndUnmarked(user) : null,
    });
}
