using Microsoft.Win32.SafeHandles;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>One connection to a stand-in: reads requests, answers them in order, and goes wrong where it was told to.</summary>
internal sealed class StandInConnection(StandInVmm owner, DescriptorSocket socket, List<SafeFileHandle> descriptors)
{
    private const int PanicCode = 1;

    /// <summary>Serves until the client has closed, or a fault does.</summary>
    public async Task ServeAsync()
    {
        MicroHttpParser parser = new();
        while (await socket.ReceiveAsync(parser.Free, descriptors) is > 0 and var count)
        {
            List<MicroHttpRequest> requests;
            try
            {
                requests = parser.Read(count);
            }
            catch (MicroHttpException e)
            {
                await socket.SendAsync(MicroHttpAnswer.Fault(e));
                continue;
            }

            if (parser.TakeContinue())
            {
                await socket.SendAsync(MicroHttpAnswer.Continue);
            }

            foreach (MicroHttpRequest request in requests)
            {
                if (!await HandleAsync(request))
                {
                    return;
                }

                // Descriptors that the request had no use for are closed.
                descriptors.ForEach(descriptor => descriptor.Dispose());
                descriptors.Clear();
            }
        }
    }

    private async Task<bool> HandleAsync(MicroHttpRequest request)
    {
        string operation = request.Operation ?? "";
        owner.Requests.Enqueue($"{request.Method} {operation}");
        StandInFault? fault = owner.Faults.Next(operation);
        switch (fault?.Kind)
        {
            case null:
                break;
            case StandInFaultKind.Slow:
                await Task.Delay(fault.Delay);
                break;
            case StandInFaultKind.PanicAfter:
                await owner.Machine.AnswerAsync(request, descriptors);
                Panic();
                return false;
            case StandInFaultKind.CloseAfter:
                await owner.Machine.AnswerAsync(request, descriptors);
                return false;
            default:
                return await FailAsync(fault.Kind);
        }

        VmmOutcome outcome = await owner.Machine.AnswerAsync(request, descriptors);
        await socket.SendAsync(outcome.Answer.ToBytes());
        if (outcome.ExitCode is { } code)
        {
            owner.End(code);
            return false;
        }

        return true;
    }

    private async Task<bool> FailAsync(StandInFaultKind kind)
    {
        switch (kind)
        {
            case StandInFaultKind.Cut:
                await socket.SendAsync("HTTP/1.1 200 \r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
                return false;
            case StandInFaultKind.Garbage:
                await socket.SendAsync("220 this is a mail server\r\n\r\n"u8.ToArray());
                return false;
            case StandInFaultKind.NotJson:
                await socket.SendAsync(new MicroHttpAnswer(200, "not JSON").ToBytes());
                return true;
            case StandInFaultKind.Hang:
                await owner.Ended;
                return false;
            case StandInFaultKind.Panic:
                Panic();
                return false;
            case StandInFaultKind.Die:
                owner.Die();
                return false;
            case StandInFaultKind.Refuse:
                await socket.SendAsync(new MicroHttpAnswer(500, """["Error from API","The outer cause","The inner cause"]""").ToBytes());
                return true;
            case StandInFaultKind.RefuseInvalidJson:
                await socket.SendAsync(new MicroHttpAnswer(500, "{ \"error\": \"First line\nSecond line\" }").ToBytes());
                return true;
            case StandInFaultKind.RefuseSilently:
                await socket.SendAsync(new MicroHttpAnswer(500, null).ToBytes());
                return true;
            default:
                return false;
        }
    }

    private void Panic()
    {
        owner.Complaints.WriteLine("thread 'vmm' panicked at 'stand-in'");
        owner.End(PanicCode);
    }
}
