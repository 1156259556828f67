namespace Viper.Daemon.Relay;

/// <summary>Judges what DevTools clients ask of a browser. Stateless and thread-safe.</summary>
internal interface ICommandPolicy
{
    /// <summary>Whether commands of this method are to be judged; all others pass without being read.</summary>
    /// <param name="method">The method as it stands in the message, ASCII.</param>
    bool Guards(ReadOnlySpan<byte> method);

    /// <summary>Judges one command of a guarded method.</summary>
    CommandVerdict Judge(CdpCommand command);
}
