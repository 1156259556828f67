using System.Buffers;
using System.Text.Json;
using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <summary>The browser's own session or that of one target, within a connection; typed domains hang off it (<c>session.Page</c>).</summary>
/// <remarks>Owns nothing. Safe for use by several threads.</remarks>
public sealed partial class CdpSession
{
    internal CdpSession(CdpConnection connection, string? id)
    {
        Connection = connection;
        Id = id;
    }

    /// <summary>Gets the connection.</summary>
    public CdpConnection Connection { get; }

    /// <summary>Gets the session's id; null for the browser's own.</summary>
    public string? Id { get; }

    /// <summary>Sends a command and waits for its answer, which is left in pooled memory. Allocates nothing in steady use.</summary>
    /// <param name="command">The command with its parameters.</param>
    /// <param name="cancellationToken">Ends the waiting. Chrome may still carry out the command; its late answer is dropped.</param>
    /// <returns>The answer; the caller disposes it.</returns>
    /// <exception cref="CdpProtocolException">Chrome answered with an error.</exception>
    /// <exception cref="CdpSessionClosedException">The session ended before the answer.</exception>
    /// <exception cref="CdpClosedException">The connection ended before the answer.</exception>
    /// <exception cref="CdpOverflowException">Too much waits to be sent already.</exception>
    public ValueTask<CdpReply> SendAsync<TCommand>(in TCommand command, CancellationToken cancellationToken = default)
        where TCommand : ICdpCommand =>
        Connection.CallAsync(TCommand.Method, Id, command, null, cancellationToken);

    /// <summary>Sends a command that is made of bytes; as the other form.</summary>
    /// <param name="method">The command (<c>Page.navigate</c>).</param>
    /// <param name="parameters">A JSON object; empty for none. It is not checked.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public ValueTask<CdpReply> SendAsync(ReadOnlySpan<byte> method, ReadOnlySpan<byte> parameters, CancellationToken cancellationToken = default) =>
        Connection.CallAsync(method, Id, parameters, cancellationToken);

    /// <summary>Sends a command and reads its answer into a record.</summary>
    /// <param name="command">The command with its parameters.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpProtocolException">Chrome answered with an error, or with what is not of the record's form.</exception>
    /// <exception cref="CdpSessionClosedException">The session ended before the answer.</exception>
    /// <exception cref="CdpClosedException">The connection ended before the answer.</exception>
    public ValueTask<TResult> SendAsync<TCommand, TResult>(in TCommand command, CancellationToken cancellationToken = default)
        where TCommand : ICdpCommand
        where TResult : ICdpReadable<TResult> =>
        ResultReading.ReadAsync<TResult>(SendAsync(command, cancellationToken));

    /// <summary>Sends a command whose answer is of no interest but for its coming.</summary>
    /// <param name="command">The command with its parameters.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CdpProtocolException">Chrome answered with an error.</exception>
    /// <exception cref="CdpSessionClosedException">The session ended before the answer.</exception>
    /// <exception cref="CdpClosedException">The connection ended before the answer.</exception>
    public ValueTask InvokeAsync<TCommand>(in TCommand command, CancellationToken cancellationToken = default)
        where TCommand : ICdpCommand =>
        ResultReading.DropAsync(SendAsync(command, cancellationToken));

    /// <summary>Sends a command and hands one long text of its answer on while it comes; memory stays bounded whatever its length.</summary>
    /// <param name="command">The command with its parameters.</param>
    /// <param name="payload">Which text, and how it is decoded.</param>
    /// <param name="destination">Where it is written to; it stays the caller's. All answers of the connection wait while it does.</param>
    /// <param name="cancellationToken">Ends the waiting; the destination is not touched any more when this method has thrown.</param>
    /// <returns>The answer with an empty text in its place; the caller disposes it.</returns>
    /// <exception cref="CdpProtocolException">Chrome answered with an error, or the text cannot be decoded; part of it may have been written.</exception>
    /// <exception cref="CdpSessionClosedException">The session ended before the answer.</exception>
    /// <exception cref="CdpClosedException">The connection ended before all of the answer.</exception>
    public ValueTask<CdpReply> CopyAsync<TCommand>(
        in TCommand command, CdpPayload payload, Stream destination, CancellationToken cancellationToken = default)
        where TCommand : ICdpCommand
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(destination);
        return Connection.CallAsync(
            TCommand.Method, Id, command, new Streaming.StreamedText(payload, destination, null, cancellationToken), cancellationToken);
    }

    /// <summary>As the other form, into a buffer.</summary>
    /// <param name="command">The command with its parameters.</param>
    /// <param name="payload">Which text, and how it is decoded.</param>
    /// <param name="destination">Where it is written to, on the connection's receive loop.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public ValueTask<CdpReply> CopyAsync<TCommand>(
        in TCommand command, CdpPayload payload, IBufferWriter<byte> destination, CancellationToken cancellationToken = default)
        where TCommand : ICdpCommand
    {
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(destination);
        return Connection.CallAsync(
            TCommand.Method, Id, command, new Streaming.StreamedText(payload, null, destination, cancellationToken), cancellationToken);
    }

    /// <summary>Hears an event in place from now on; steady hearing allocates nothing.</summary>
    /// <param name="method">The event (<c>Page.lifecycleEvent</c>); its domain must have been enabled for Chrome to send it.</param>
    /// <param name="handler">Called on the receive loop.</param>
    /// <returns>What ends the hearing when it is disposed; an event that is on its way may still come.</returns>
    public IDisposable Hear(ReadOnlySpan<byte> method, CdpEventHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var sink = new HandlerSink(Connection.Routes, method, Id, handler);
        Connection.Routes.Add(sink);
        return sink;
    }

    /// <summary>Hears an event from now on, as records that wait to be read.</summary>
    /// <typeparam name="T">The event (<c>Page.LifecycleEventEvent</c>).</typeparam>
    /// <returns>The events; the caller disposes it.</returns>
    public CdpEventStream<T> Subscribe<T>()
        where T : ICdpEvent<T> =>
        new(Connection.Routes, Id);

    /// <summary>Sends a command by name; as <see cref="CdpConnection.SendAsync"/>.</summary>
    public Task<JsonElement> SendAsync(
        string method, Action<Utf8JsonWriter>? writeParameters = null, CancellationToken cancellationToken = default) =>
        Connection.SendAsync(method, writeParameters, Id, cancellationToken);
}
