namespace Viper.Agent.Server;

/// <summary>The body of an answer that is written as it comes to be. Disposed once, whether or not it was written.</summary>
internal abstract class ResponseContent : IDisposable
{
    /// <summary>Gets how many bytes it has; null when that is not known before.</summary>
    internal virtual long? Length => null;

    /// <summary>Writes it; an exception breaks the connection off, so that the peer sees that it is not whole.</summary>
    /// <param name="body">Where to.</param>
    /// <param name="gone">Ends with the peer, or the agent.</param>
    internal abstract Task WriteAsync(ResponseBody body, CancellationToken gone);

    public abstract void Dispose();
}
